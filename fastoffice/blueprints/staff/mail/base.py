"""What the pages of the mail room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, request

from fastoffice import transaction
from fastoffice.blueprints.typed import Typed
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.documents.uploads import MAX_BYTES
from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.mailroom import errors, names, queries
from fastoffice.mailroom.models import MailItem

blueprint = Blueprint("mail", __name__, url_prefix="/staff/mail")


@blueprint.context_processor
def words() -> dict[str, Any]:
    """The words of the trade and the branch, for every template of the mail room."""
    return {"mail": names, "branch": access.current_branch() if access.allowed_branches() else None}


def item_of_branch(item_id: int) -> MailItem:
    """The current branch's piece. Raises NoSuchItem."""
    found = queries.load(access.current_branch().id, item_id)
    if found is None:
        raise errors.NoSuchItem
    return found


def attempt(form: Typed, work: Callable[[Branch], object], **aliases: str) -> int | None:
    """Do `work` as one unit; None when it was done, else the status to answer with, the reason being on the form.

    For handlers that do something slow first (a picture, a PIN), which therefore are no unit of work themselves.
    """
    branch_id = access.current_branch().id
    if form.errors or form.notes:
        return 422
    try:
        transaction.run(lambda: work(db.session.get_one(Branch, branch_id)))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal, **aliases)
        return 409 if isinstance(refusal, Conflict) else 422
    return None


def sent_file(name: str) -> tuple[str, bytes]:
    """(name, bytes) of a file of this form, no more of it than may be kept and one byte; empty without one."""
    file = request.files.get(name)
    if file is None or not file.filename:
        return "", b""
    return file.filename, file.stream.read(MAX_BYTES + 1)


def picture(sha256: str, media_type: str) -> Response:
    """A picture that we wrote ourselves, to be shown in a page of ours."""
    response = make_response(files().get(sha256))
    response.headers["Content-Type"] = media_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
