"""What people see when something does not work: calm, in their words, with a way on, never a stack trace."""

from __future__ import annotations

import logging
import math
import secrets
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request, session
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from flask_babel import refresh
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from fastoffice import clock, htmx
from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.extensions import db, limiter
from fastoffice.identity import access

log = logging.getLogger("fastoffice.errors")


def init_app(app: Flask) -> None:
    """Answer every kind of failure."""
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(RateLimitExceeded, _too_often)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(access.Forbidden, _forbidden)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(Exception, _unexpected)


def error_page(
    status: int, heading: str, text: str, *, way_on: str | None = None, label: str | None = None, **more: Any
) -> Response:
    """The page; for htmx a message on the page that stays, with nothing swapped."""
    context = {"status": status, "heading": heading, "text": text, "way_on": way_on, "label": label, **more}
    if not htmx.wants_fragment():
        return make_response(render_template("errors/page.html", **context), status)
    reference = f" · {_('Reference')} {more['reference']}" if more.get("reference") else ""
    htmx.toast(f"{heading}. {text}{reference}", "error")
    response = make_response("", status)
    response.headers["HX-Reswap"] = "none"
    return response


def _back() -> str | None:
    """The page whose form was sent, where there is one."""
    return access.safe_next(request.headers.get("Referer"))


def _forbidden(error: access.Forbidden) -> Response:
    return error_page(403, _("This is not yours to do"), str(error), illustration="lost")


def _not_found(_error: Exception) -> Response:
    text = _("It does not exist, it was removed, or it belongs to another branch.")
    return error_page(404, _("We could not find that"), text, illustration="lost")


def _conflict(error: Conflict) -> Response:
    heading, label = _("Somebody changed it first"), _("See it as it is now")
    return error_page(409, heading, str(error), way_on=_back(), label=label)


def _stale(_error: StaleDataError) -> Response:
    return _conflict(Conflict(_("Somebody else saved this while you had it open. Nothing was saved.")))


def _refused(error: Refusal) -> Response:
    return error_page(422, _("That is not possible"), str(error), way_on=_back(), label=_("Back"))


def _forged(error: CSRFError) -> Response:
    """The form is older than the session, or came from elsewhere: nothing was done."""
    log.info("form refused on %s: %s", request.path, error.description)
    own = _own_page()
    if own == "/" and access.signed_in_user() is None and request.path.startswith(access.NEXT_ROOTS):
        return access.sign_in_first()
    text = _("Your session changed since the page was opened, so nothing was saved. Open it again and retry.")
    label = _("Open the page again")
    return error_page(400, _("Please send it once more"), text, way_on=_back() or own, label=label)


def _own_page() -> str:
    """The page of a form that is sent to its own address (sign-in, recovery, a mail's link); else the start."""
    if request.path.startswith("/pay/"):
        return "/pay/"
    if request.path.startswith("/portal/enter/"):
        return request.path
    return request.path if request.path in {"/sign-in", "/recover", "/portal/sign-in"} else "/"


def _too_often(_error: RateLimitExceeded) -> Response:
    reached = limiter.current_limit
    minutes = max(1, math.ceil((reached.reset_at - clock.machine_seconds() - 1) / 60)) if reached else 15
    text = _n(
        "There were too many attempts. Try again in %(num)s minute.",
        "There were too many attempts. Try again in %(num)s minutes.", minutes,
    )
    response = error_page(429, _("Let us wait a moment"), text, illustration="done")
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def _http(error: HTTPException) -> Any:
    """Werkzeug's own refusals (400, 404, 405, 413, …) in our look; redirects pass as they are."""
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    if isinstance(error, SecurityError):  # a Host that is not ours: no page can link anywhere from there
        return Response(_("This address does not belong to FastOffice."), 400, mimetype="text/plain")
    if code == 404:
        return _not_found(error)
    if code == 413:
        text = _("Files of up to 20 MB are accepted.")
        return error_page(413, _("The file is too large"), text, way_on=_back(), label=_("Back"))
    if code >= 500:
        return _unexpected(error)
    response = error_page(code, *_texts(code), way_on=_back(), label=_("Back"))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _texts(code: int) -> tuple[str, str]:
    """(heading, what to do) of a refusal by the framework."""
    known = {
        403: (_("This is not yours to do"), _("Ask your manager if you need it.")),
        405: (_("That page cannot be opened like this"), _("Go on from the start page.")),
        422: (_("That is not possible"), _("Please check what you sent.")),
    }
    return known.get(code, (_("That did not work"), _("We could not read what was sent. Please try again.")))


def _unexpected(error: Exception) -> Response:
    """A fault of ours: logged with a reference that the person can tell us; nothing was written."""
    reference = secrets.token_hex(4).upper()
    log.error("reference %s: %s %s", reference, request.method, request.path, exc_info=error)
    db.session.rollback()
    if isinstance(error, DBAPIError):  # the page must not ask the database who reads it in which language
        g.language = session.get("language") or "es"
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        refresh()
    text = _("It is our fault; it was noted and nothing was saved. If it stays, tell us the reference.")
    response = error_page(
        500, _("Something went wrong"), text, reference=reference, way_on=_back(), label=_("Back")
    )
    response.headers["X-Request-Id"] = reference
    return response
