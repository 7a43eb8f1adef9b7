"""A form of the portal that asks the branch for something: its files, its key, and what is wrong beside its field."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from fastoffice import htmx, transaction
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.typed import Typed
from fastoffice.branches.models import Branch
from fastoffice.documents.uploads import MAX_BYTES
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.receivables import service
from fastoffice.receivables.service import Asked

Work = Callable[[Branch, Asked], object]


def blank(**values: Any) -> Typed:
    """An empty form with a key of its own: sent twice, it is one request."""
    return Typed({"request_key": secrets.token_hex(16), **values})


def send(form: Typed, work: Work) -> bool:
    """Check the files, then do `work` as one unit. A refusal is noted on the form and nothing is written."""
    if form.errors or form.notes:
        return False
    visitor = portal.current()
    try:
        kept = service.keep(_files())
        asked = Asked(visitor.client_id, form.text("request_key")[:64] or secrets.token_hex(16), form.text("message"),
                      kept)
        transaction.run(lambda: work(db.session.get_one(Branch, visitor.branch_id), asked))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def sent() -> Response:
    """Thanks, and on to the list of requests."""
    flash(_("We received it. You see here what becomes of it, and we write to you."), "success")
    return htmx.redirect(url_for("portal.requests"))


def form_page(template: str, form: Typed, **context: Any) -> Response:
    """The form; 422 with what was typed when something is wrong."""
    return own.page(template, status=422 if form.errors or form.notes else 200, form=form, **context)


def _files() -> list[tuple[str, bytes]]:
    """(name, bytes) of what was chosen, no more of each than may be kept and one byte."""
    chosen = [file for file in request.files.getlist("files") if file.filename]
    return [(file.filename or "", file.stream.read(MAX_BYTES + 1)) for file in chosen]
