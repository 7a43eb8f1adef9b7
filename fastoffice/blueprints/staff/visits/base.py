"""What the pages of the lobby share: the blueprint, its tabs, and one loader per record."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import lazy_gettext as _l

from fastoffice import htmx
from fastoffice.blueprints.typed import Typed
from fastoffice.identity import access
from fastoffice.visitors import errors, names
from fastoffice.visitors.models import Invitation, LegalNotice, Visit
from fastoffice.visitors.queries import lists

blueprint = Blueprint("visits", __name__, url_prefix="/staff/visits")

TABS: tuple[tuple[str, Any, str], ...] = (
    ("visits.board", _l("Now"), "visits.view"),
    ("visits.invitations", _l("Expected"), "visits.view"),
    ("visits.history", _l("History"), "visits.view"),
    ("visits.notices", _l("Legal notices"), "visits.view"),
    ("visits.block_list", _l("Block list"), "visits.register"),
    ("visits.people", _l("A person's data"), "visits.manage"),
    ("visits.lobby", _l("Rules and settings"), "visits.manage"),
)


def page(name: str, *, status: int = 200, fragment: str = "", **context: Any) -> Response:
    """A page of the lobby, or its fragment for htmx."""
    whole = f"staff/visits/{name}.html"
    return htmx.page_or_fragment(
        whole, f"staff/visits/{fragment}.html" if fragment else whole, status=status, tabs=tabs(), names=names,
        branch=access.current_branch(), **context)


def form_page(name: str, form: Typed, **context: Any) -> Response:
    """A form; 422 with what was typed when something is wrong."""
    return page(name, status=422 if form.errors or form.notes else 200, form=form, **context)


def blank(**values: Any) -> Typed:
    """An empty form with a key of its own: sent twice, it is one record."""
    return Typed({"request_key": secrets.token_hex(16), **values})


def tabs() -> list[dict[str, Any]]:
    """The pages that this person may open."""
    found = []
    for endpoint, label, permission in TABS:
        if access.can(permission):
            url = url_for(endpoint)
            here = request.path == url or (endpoint != "visits.board" and request.path.startswith(url + "/"))
            found.append({"label": label, "url": url, "active": here})
    return found


def visit_of_branch(visit_id: int) -> Visit:
    """The current branch's visit. Raises NoSuchVisit."""
    found = lists.visit_of(access.current_branch().id, visit_id)
    if found is None:
        raise errors.NoSuchVisit
    return found


def invitation_of_branch(invitation_id: int) -> Invitation:
    """The current branch's invitation. Raises NoSuchInvitation."""
    found = lists.invitation_of(access.current_branch().id, invitation_id)
    if found is None:
        raise errors.NoSuchInvitation
    return found


def notice_of_branch(notice_id: int) -> LegalNotice:
    """The current branch's legal notice. Raises NoSuchNotice."""
    found = lists.notice_of(access.current_branch().id, notice_id)
    if found is None:
        raise errors.NoSuchNotice
    return found


def picture(data: bytes, media_type: str, filename: str = "") -> Response:
    """A picture of ours in the page, or a download; kept by nobody."""
    response = Response(data, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment" if filename else "inline",
                         **({"filename": filename} if filename else {}))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
