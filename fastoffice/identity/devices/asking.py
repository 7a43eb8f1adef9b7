"""Which device asks. Its cookie opens pages of its own kind, and a browser that has one sees no others."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, jsonify, make_response, redirect, request, session

from fastoffice import clock
from fastoffice.audit import Actor
from fastoffice.identity.devices import service
from fastoffice.identity.devices.models import Device

View = TypeVar("View", bound=Callable[..., Any])
COOKIES = {"kiosk": "fo_kiosk", "panel": "fo_panel"}
ROOTS = {"kiosk": "/kiosk/", "panel": "/panel/"}
OPEN = ("/static/", "/health")  # for everybody, devices too
COOKIE_DAYS = 400  # the longest that browsers keep one; renewed whenever the device opens its page


def find(kind: str) -> Device | None:
    """The device of `kind` behind this request, read once."""
    known = g.setdefault("devices", {})
    if kind not in known:
        known[kind] = service.by_token(kind, request.cookies.get(COOKIES[kind], ""))
    return cast(Device | None, known[kind])


def current(kind: str) -> Device:
    """The device, inside a handler with @require; none is a fault of ours."""
    device = find(kind)
    if device is None:
        raise RuntimeError("no device asks: this handler lacks its @devices.require")
    return device


def actor_of(device: Device) -> Actor:
    """The device as the audit log names it."""
    return Actor(device.name)


def require(kind: str) -> Callable[[View], View]:
    """Decorator for handlers: nobody but a paired device of this kind; else 401. A call that changes something must
    come from a page of ours: these handlers have no token of a form, since pages are kept for days.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if find(kind) is None:
                return _refuse(401, "unpaired")
            if request.method != "GET" and not _from_own_page():
                return _refuse(400, "foreign")
            return view(*args, **kwargs)

        guarded.permission = f"device:{kind}"  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def give_token(response: Response, kind: str, token: str) -> Response:
    """Hand the device its token; whoever was signed in at this browser is not any more."""
    session.clear()
    for other in COOKIES.keys() - {kind}:  # with two of them every address would lead to the other's page
        response.delete_cookie(COOKIES[other], path="/")
    response.set_cookie(COOKIES[kind], token, max_age=COOKIE_DAYS * 86_400, httponly=True, samesite="Strict",
                        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]), path="/")
    return response


def enter(kind: str, again: Callable[[str, int], Response]) -> Response:
    """A code was typed: this browser is a device from now on, at its page; else `again` with what to say and 422."""
    try:
        _device, token = service.pair(kind, request.form.get("code", "")[:40], clock.now())
    except service.CodeOver as refusal:
        return again(str(refusal), 422)
    return give_token(make_response(redirect(ROOTS[kind], 303)), kind, token)


def take_token(response: Response, kind: str) -> Response:
    """The browser is no device any more: what it kept as one goes too, whatever page it comes back with."""
    response.delete_cookie(COOKIES[kind], path="/")
    if request.cookies.get(COOKIES[kind]):
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _from_own_page() -> bool:
    """A header that no form can send and no other site may; the cookie is SameSite=Strict besides."""
    return bool(request.headers.get("X-Device-Call")) and request.headers.get("Sec-Fetch-Site", "same-origin") in (
        "same-origin", "none")


def _refuse(status: int, reason: str) -> Response:
    response = jsonify(refused=reason)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _stay() -> Any:
    """There is no way out of a device's own pages, whatever address is typed."""
    for kind, cookie in COOKIES.items():
        if request.cookies.get(cookie) and not request.path.startswith((ROOTS[kind], *OPEN)):
            return redirect(ROOTS[kind], 303)
    return None


def init_app(app: Flask) -> None:
    """Keep devices where they belong."""
    app.before_request(_stay)
