"""What clients ask from the portal: the list of those that wait, each with what it says, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, money
from fastoffice.blueprints.paging import neighbours, one_of, page_number
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.branches.queries import policy_of
from fastoffice.documents.files import files
from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.receivables import errors, names, queries, rules, service
from fastoffice.receivables.models import ClientRequest

blueprint = Blueprint("requests", __name__, url_prefix="/staff/requests")
LAST_MINUTE = timedelta(minutes=1)
NEEDS = {rules.INSTALMENTS: "invoices.approve", rules.TRANSFER: "payments.record", rules.DATA: "clients.edit"}


@blueprint.get("/")
@access.require("requests.view")
def index() -> Response:
    """Those that wait, the oldest first; or those that were answered."""
    show = one_of("show", queries.SHOWS, "new")
    branch = access.current_branch()
    page = queries.requests_page(branch.id, show, page_number())
    return htmx.page_or_fragment("staff/requests/index.html", "staff/requests/_list.html", page=page, show=show,
                                 branch=branch, names=names, waiting=queries.waiting(branch.id),
                                 **neighbours(page, "requests.index", show="" if show == "new" else show))


@blueprint.get("/<int:request_id>")
@access.require("requests.view")
def show(request_id: int) -> Response:
    """One request, and the form that answers it."""
    found = _of_branch(request_id)
    return _page(found, Typed(_proposed(found)))


@blueprint.get("/<int:request_id>/files/<int:file_id>")
@access.require("requests.view")
def file(request_id: int, file_id: int) -> Response:
    """A file that came with it, as a download: strangers made it."""
    found = next((each for each in _of_branch(request_id).files if each.id == file_id), None)
    if found is None:
        raise errors.NoSuchRequest
    response = Response(files().get(found.sha256), mimetype=found.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=found.filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.post("/<int:request_id>/acceptance")
@access.require("requests.decide")
@writes
def accept(request_id: int) -> Response:
    """Say yes: it acts at once and the client hears of it."""
    found, form = _of_branch(request_id), Typed.sent()
    needed = NEEDS.get(found.kind)
    if needed is not None and not access.can(needed):
        form.notes.append(_l("A manager has to approve this."))
    if found.kind == rules.TRANSFER:
        form.money("amount"), form.day("value_date")  # what cannot be read is noted beside its field
    return _answer(found, form, lambda: _accept(found, form), _("Accepted. The client gets a mail."))


@blueprint.post("/<int:request_id>/rejection")
@access.require("requests.decide")
@writes
def reject(request_id: int) -> Response:
    """Say no, and why."""
    found, form, branch = _of_branch(request_id), Typed.sent(), access.current_branch()
    last = form.day("last_day", required=False)
    return _answer(found, form, lambda: service.reject(
        branch, found, form.text("answer"), last, access.current_actor(), clock.now()),
        _("Answered. The client gets a mail."))


@blueprint.post("/<int:request_id>/hold")
@access.require("requests.decide")
@writes
def move_hold(request_id: int) -> Response:
    """Let the deadline wait until another day while somebody looks."""
    found, form, branch = _of_branch(request_id), Typed.sent(), access.current_branch()
    last = form.day("until")
    if last is not None and not _today() <= last <= _today() + rules.FARTHEST:
        form.errors["until"] = _l("Choose a day from today on, within half a year.")
    return _answer(found, form, lambda: service.move_hold(
        branch, found, last or date.max, access.current_actor(), clock.now()), _("Saved."))


def _accept(found: ClientRequest, form: Typed) -> None:
    branch, actor, now, answer = access.current_branch(), access.current_actor(), clock.now(), form.text("answer")
    if found.kind == rules.DISPUTE:
        service.accept_dispute(branch, found, answer, form.day("last_day", required=False), actor, now)
    elif found.kind == rules.INSTALMENTS:
        service.accept_instalments(branch, found, answer, actor, now)
    elif found.kind == rules.TRANSFER:
        amount, day = form.money("amount"), form.day("value_date")
        service.confirm_transfer(branch, found, service.Arrived(amount, day or date.max, form.text("reference")),
                                 answer, actor, now)
    else:
        service.accept_data(branch, found, form.several("accept"), answer, actor, now)


def _answer(found: ClientRequest, form: Typed, work: Callable[[], object], thanks: str) -> Response:
    """Do it inside a savepoint, so that a refusal leaves nothing behind, and go back to the list."""
    key, status = found.id, 422
    if not form.errors and not form.notes:
        try:
            with db.session.begin_nested():
                work()
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
    if form.errors or form.notes:
        return _page(_of_branch(key), form, status)
    htmx.toast(thanks)
    return htmx.redirect(url_for("requests.show", request_id=key))


def _page(found: ClientRequest, form: Typed, status: int = 200) -> Response:
    page = "staff/requests/show.html"
    return htmx.page_or_fragment(page, page, status=status, request_of_client=found, form=form, names=names,
                                 branch=access.current_branch(), holds=_waits(found), today=_today(),
                                 may_accept=access.can(NEEDS.get(found.kind, "requests.decide")))


def _waits(found: ClientRequest) -> list[tuple[int, str, datetime | None]]:
    """(document's id, number, the last minute in which the deadline waits)."""
    return [(row.id, row.number, row.until_at and row.until_at - LAST_MINUTE) for row in queries.holds_of(found)]


def _proposed(found: ClientRequest) -> dict[str, Any]:
    """What the form says before anybody typed: the transfer as the client told it, time to pay after a no."""
    policy = policy_of(access.current_branch())
    last = rules.next_business_day(_today(), policy.is_business_day).isoformat()
    values = {"last_day": last if found.kind == rules.DISPUTE else ""}
    if found.kind == rules.TRANSFER:
        values |= {"amount": money.plain(found.data["amount"]), "value_date": found.data["value_date"],
                   "reference": found.data["reference"]}
    return values


def _of_branch(request_id: int) -> ClientRequest:
    found = queries.load(access.current_branch().id, request_id)
    if found is None:
        raise errors.NoSuchRequest
    return found


def _today() -> date:
    return clock.local_date(clock.now(), access.current_branch().timezone)
