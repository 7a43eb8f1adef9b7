"""Flask-Security's pages under the rules of the house.

Each is one unit of work; refused forms answer 422; who fails too often waits; redirects stay inside.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, flash, get_flashed_messages, make_response, redirect, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_security.core import Security
from flask_security.proxies import _security

from fastoffice import transaction
from fastoffice.errors import NotFound
from fastoffice.extensions import limiter
from fastoffice.identity.access import PORTAL, home, is_client, safe_next, signed_in_user
from fastoffice.sent import house_of, without

REFUSED = 422
# endpoint -> (failures per account, failures per address); every request counts where nothing can fail
LIMITS = {
    "login": ("10 per 15 minutes", "50 per 15 minutes"),
    "two_factor_token_validation": ("10 per 15 minutes", "50 per 15 minutes"),
    "mf_recovery": ("10 per 15 minutes", "50 per 15 minutes"),
    "verify": ("10 per 15 minutes", "50 per 15 minutes"),
    "change_password": ("10 per 15 minutes", "50 per 15 minutes"),
    "forgot_password": ("5 per hour", "30 per hour"),
    "reset_password": ("20 per hour", "50 per hour"),
    "wan_signin_response": ("20 per 15 minutes", "50 per 15 minutes"),
}
BY_ADDRESS = {"security.login", "security.forgot_password", "portal.send_link"}
EVERY_TIME = {"forgot_password", "wan_signin_response"}  # nothing tells a failure from a success there
ANSWERS_WITH_ITS_FORM = {"two_factor_setup", "mf_recovery_codes", "wan_signin"}  # 200 is their success
STAFF_ONLY = {"two_factor_setup", "two_factor_setup_validate", "mf_recovery_codes"}  # clients come in by mail
CLIENTS_ONLY = {"wan_register", "wan_register_response", "wan_delete"}  # staff have a second factor
HIDDEN = {"two_factor_rescue", "tf_select", "wan_verify", "wan_verify_response"}  # nothing behind them in this house


def init_app(app: Flask, security: Security) -> None:
    """Wrap what Flask-Security registered."""
    security.want_json(lambda _request: False)
    for endpoint in [name for name in app.view_functions if name.startswith("security.")]:
        name = endpoint.removeprefix("security.")
        view = _to_sign_in if name in HIDDEN else _as_unit(name, app.view_functions[endpoint])
        app.view_functions[endpoint] = _limited(name, view)


def _to_sign_in(**_arguments: Any) -> Any:
    return redirect(url_for("security.login"))


def _as_unit(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def page(*args: Any, **kwargs: Any) -> Any:
        _forget_foreign_next()
        _refuse_the_others(name)
        if request.method != "POST":
            return _inside(make_response(view(*args, **kwargs)))
        response = transaction.run(lambda: make_response(view(*args, **kwargs)))
        return _inside(_with_status(name, response))

    return page


def _refuse_the_others(name: str) -> None:
    """Raises NotFound for a client at what only staff have, and for staff at what only clients have."""
    user = signed_in_user()
    if user is not None and name in (STAFF_ONLY if is_client(user) else CLIENTS_ONLY):
        raise NotFound(_l("There is no such page."))


def _forget_foreign_next() -> None:
    """A `next` that is no page of ours was never sent: Flask-Security reads it in several places."""
    if "next" in request.args and safe_next(request.args["next"]) is None:
        request.args = without(request.args, "next")
    if "next" in request.form and safe_next(request.form["next"]) is None:
        request.form = without(request.form, "next")


def _with_status(name: str, response: Response) -> Response:
    """A form that comes back is a refusal, except where the form is the answer."""
    if response.status_code != 200 or name in ANSWERS_WITH_ITS_FORM:
        return response
    if name == "wan_register" and b"data-passkey" in response.data:  # on to the device
        return response
    if name == "forgot_password":  # the same answer whether there is such an account or not
        for news in get_flashed_messages(with_categories=True):
            flash(news[1], news[0])
        return make_response(redirect(url_for("security.forgot_password"), code=303))
    response.status_code = REFUSED
    return response


def _inside(response: Response) -> Response:
    """Redirects lead to pages of accounts or to the allow-listed roots, whatever `next` said."""
    if 300 <= response.status_code < 400:
        target = response.headers.get("Location", "")
        path = target.split("?")[0]
        known = path.startswith(("/sign-in", "/recover", "/account/")) and not path.startswith("//")
        if not known:
            response.headers["Location"] = _begins(safe_next(target))
        elif path == "/account/":
            response.headers["Location"] = _begins(target)
    return response


def _begins(target: str | None) -> str:
    """`target`, unless it is a page of the staff and whoever asks is a client: those begin in the portal."""
    if is_client(signed_in_user()):
        return target if target and target.startswith(PORTAL) else PORTAL
    return target or home()


def _limited(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    if name not in LIMITS:
        return view
    per_account, per_address = LIMITS[name]
    failures_only = None if name in EVERY_TIME else _failed
    for rate, key in ((per_account, account_key), (per_address, address_key)):
        view = limiter.limit(
            rate, key_func=key, methods=["POST"], deduct_when=failures_only, scope=name,
        )(view)
    return view


def _failed(response: Response) -> bool:
    return response.status_code == REFUSED


def address_key() -> str:
    """Where the request comes from, as the limits count it."""
    return f"address:{house_of(request.remote_addr or 'unknown')}"


def account_key() -> str:
    """Whoever is being tried: where an address is asked for that one, else the half or wholly signed-in person.

    Nowhere else does a typed address count: it would give each guess of a code an account of its own.
    """
    typed = request.form.get("email") if request.endpoint in BY_ADDRESS else None
    who = typed or session.get("tf_user_id") or session.get("_user_id") or ""
    return f"account:{spelling(str(who)) or request.remote_addr}"


def spelling(who: str) -> str:
    """An address as it is looked up, so that no other way to write it has tries of its own."""
    text = who.strip()[:254]
    try:
        return str(_security.mail_util.normalize(text)).lower()
    except ValueError:
        return text.lower()
