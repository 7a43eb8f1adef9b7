"""A page or its fragment from one call, and what htmx wants to hear about redirects, refusals and news.

A handler never asks whether htmx called it: it returns `page_or_fragment(…)`, `invalid(…)` or `redirect(…)`
and works for a browser without scripts too.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from flask import Flask, Response, flash, g, make_response, render_template
from flask import redirect as plain_redirect
from htmx_flask import Htmx, request

from fastoffice.sent import SentRequest

Kind = Literal["success", "info", "warning", "error"]


def wants_fragment() -> bool:
    """Whether the caller swaps a part of its page (neither a boosted visit nor a restored history entry)."""
    htmx = request.htmx
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return False
    return request.headers.get("HX-Request-Type", "partial") != "full"


def _answer(html: str, status: int) -> Response:
    response = make_response(html, status)
    response.vary.update(["HX-Request", "HX-Request-Type"])
    return response


def page_or_fragment(
    page_template: str, fragment_template: str, *, status: int = 200, **context: Any
) -> Response:
    """Render `fragment_template` for htmx, else `page_template`, which includes the same fragment."""
    template = fragment_template if wants_fragment() else page_template
    return _answer(render_template(template, **context), status)


def invalid(page_template: str, fragment_template: str | None = None, **context: Any) -> Response:
    """422 with the form as it was typed: the fragment for htmx, the whole page otherwise."""
    return page_or_fragment(page_template, fragment_template or page_template, status=422, **context)


def redirect(url: str) -> Response:
    """Send the browser to `url`: HX-Redirect for htmx, 303 otherwise (a POST is followed by a GET)."""
    if not request.htmx or request.htmx.boosted:
        response = make_response(plain_redirect(url, code=303))
    else:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
    response.vary.add("HX-Request")
    return response


def toast(message: str, kind: Kind = "success") -> None:
    """Show a short message: on the page that this response makes, or on the one it redirects to."""
    if wants_fragment():
        g.setdefault("toasts", []).append({"message": str(message), "kind": kind})
    else:
        flash(str(message), kind)


def announce(response: Response) -> Response:
    """Carry the toasts of a fragment in HX-Trigger; keep them for the next page when the browser moves on."""
    toasts = g.pop("toasts", [])
    if not toasts:
        return response
    if any(name in response.headers for name in ("HX-Redirect", "HX-Refresh", "HX-Location")):
        for item in toasts:
            flash(item["message"], item["kind"])
    else:
        events = _events(response.headers.get("HX-Trigger"))
        response.headers["HX-Trigger"] = json.dumps({**events, "toasts": {"items": toasts}})
    return response


def _events(header: str | None) -> dict[str, Any]:
    """The events of an HX-Trigger header, which is JSON or a list of bare names."""
    if not header:
        return {}
    if header.lstrip().startswith("{"):
        events: dict[str, Any] = json.loads(header)
        return events
    return {name.strip(): None for name in header.split(",")}


def init_app(app: Flask) -> None:
    """Give requests their `htmx` attribute and clean parameters, and announce toasts."""
    Htmx(app)
    app.request_class = SentRequest
    app.after_request(announce)
