"""Importing the contracts list: upload, correct the columns, preview, confirm, done."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx, transaction
from fastoffice.billing.queries.undrafted import first_undrafted
from fastoffice.blueprints.paging import page_number
from fastoffice.blueprints.staff import import_views as views
from fastoffice.branches.models import Branch
from fastoffice.contracts import queries as contracts
from fastoffice.contracts.models import RosterImport
from fastoffice.contracts.roster import FileRefused, ParsedRoster, parse_in_child
from fastoffice.contracts.roster.guards import MAX_BYTES
from fastoffice.contracts.roster.parsing import MISSING_COLUMN
from fastoffice.contracts.service import roster
from fastoffice.contracts.service.roster.texts import message_text
from fastoffice.documents.storage import StorageError
from fastoffice.errors import Conflict
from fastoffice.extensions import db
from fastoffice.identity import access

blueprint = Blueprint("imports", __name__, url_prefix="/staff/imports")
INDEX, COLUMNS = "staff/imports/index.html", "staff/imports/columns.html"
PREVIEW, FRAGMENT = "staff/imports/show.html", "staff/imports/_preview.html"
DONE = "staff/imports/done.html"
MONTHS_AHEAD = 4


@blueprint.context_processor
def texts() -> dict[str, Any]:
    """What the import's templates call."""
    return {
        "import_tabs": views.TABS,
        "import_tab_label": views.tab_label,
        "import_change_label": views.change_label,
        "import_change_value": views.change_value,
        "import_problem_text": views.problem_text,
        "import_endpoints": current_app.view_functions,
    }


@blueprint.get("/")
@access.require("roster.import")
def index() -> Response:
    """The place to drop a file, and what was imported before."""
    return htmx.page_or_fragment(INDEX, INDEX, **_index_context())


@blueprint.post("/")
@access.require("roster.import")
def upload() -> Response:
    """Read the file and keep it; one that is no list at all is refused beside its field."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return htmx.invalid(INDEX, error=_("Choose a file."), **_index_context())
    data, name, branch_id = file.stream.read(MAX_BYTES + 1), file.filename, access.current_branch().id
    mapping, actor = roster.remembered_mapping(branch_id), access.current_actor()
    try:
        parsed = parse_in_child(data, name, mapping, access.current_branch().currency)
    except FileRefused as error:
        return htmx.invalid(INDEX, error=message_text(error.message), **_index_context())
    record_id = transaction.run(
        lambda: roster.keep_upload(_branch(branch_id), name, data, mapping, actor, clock.now()).id
    )
    return htmx.redirect(url_for(".columns" if parsed.missing else ".show", import_id=record_id))


@blueprint.get("/<int:import_id>")
@access.require("roster.import")
def show(import_id: int) -> Response:
    """What the file would do; afterwards, what it did."""
    record = access.scoped(RosterImport, import_id)
    if record.applied_at is not None:
        return htmx.page_or_fragment(DONE, DONE, record=record)
    parsed = _parse(record)
    if isinstance(parsed, Response):
        return parsed
    branch, months = access.current_branch(), _months()
    prices_from = _chosen_month(request.args.get("prices_from"), months)
    preview = roster.preview_roster(branch, parsed, prices_from)
    page = views.preview_page(preview, request.args.get("show"), page_number())
    needs_manager = preview.plan.changes_prices and not access.can("prices.edit")
    return htmx.page_or_fragment(
        PREVIEW,
        FRAGMENT,
        record=record,
        preview=preview,
        page=page,
        months=months,
        branch=branch,
        prices_from=prices_from,
        needs_manager=needs_manager,
    )


@blueprint.get("/<int:import_id>/columns")
@access.require("roster.import")
def columns(import_id: int) -> Response:
    """Which column was taken for what."""
    record = access.scoped(RosterImport, import_id)
    parsed = _parse(record)
    if isinstance(parsed, Response):
        return parsed
    return htmx.page_or_fragment(COLUMNS, COLUMNS, **_columns_context(record, parsed))


@blueprint.post("/<int:import_id>/columns")
@access.require("roster.import")
def correct_columns(import_id: int) -> Response:
    """Read the columns as a person says, now and in the branch's next files."""
    record = access.scoped(RosterImport, import_id)
    parsed = _parse(record)
    if isinstance(parsed, Response):
        return parsed
    if request.form.get("sheet") in parsed.other_sheets:
        transaction.run(lambda: roster.choose_sheet(_record(import_id), request.form["sheet"]))
        return htmx.redirect(url_for(".columns", import_id=import_id))
    corrections, twice = views.corrections_of(parsed, request.form)
    if twice:
        error = _("“%(field)s” was chosen for more than one column.", field=twice)
        return htmx.invalid(COLUMNS, error=error, **_columns_context(record, parsed, request.form))
    transaction.run(lambda: roster.correct_mapping(_record(import_id), corrections))
    parsed = _parse(_record(import_id))
    if not isinstance(parsed, Response) and parsed.missing:
        missing = [
            message_text(problem.message) for problem in parsed.errors if problem.message_id == MISSING_COLUMN
        ]
        return htmx.invalid(COLUMNS, error=" ".join(missing), **_columns_context(record, parsed))
    return htmx.redirect(url_for(".show", import_id=import_id))


@blueprint.post("/<int:import_id>/application")
@access.require("roster.import")
def apply(import_id: int) -> Response:
    """Import the file as it was shown, whole or not at all."""
    record = access.scoped(RosterImport, import_id)
    here = url_for(".show", import_id=import_id)
    if record.applied_at is not None:
        return htmx.redirect(here)
    parsed = _parse(record)
    if isinstance(parsed, Response):
        return parsed
    prices_from = _chosen_month(request.form.get("prices_from"), _months())
    branch = access.current_branch()
    if roster.preview_roster(branch, parsed, prices_from).plan.changes_prices and not access.can(
        "prices.edit"
    ):
        htmx.toast(_("Changed prices are confirmed by a manager. Nothing was saved."), "error")
        return htmx.redirect(here)
    try:
        _apply(branch.id, import_id, parsed, prices_from)
    except (roster.RosterRefused, Conflict) as refusal:
        htmx.toast(str(refusal), "error")
    else:
        htmx.toast(_("The contracts were imported."))
    return htmx.redirect(here)


def _apply(branch_id: int, import_id: int, parsed: ParsedRoster, prices_from: date) -> None:
    """One unit of work."""
    actor, fingerprint = access.current_actor(), request.form.get("fingerprint", "")
    transaction.run(
        lambda: roster.confirm_import(
            _branch(branch_id), _record(import_id), parsed, fingerprint, actor, clock.now(), prices_from
        )
    )


def _branch(branch_id: int) -> Branch:
    return db.session.get_one(Branch, branch_id)


def _record(import_id: int) -> RosterImport:
    return access.scoped(RosterImport, import_id)


def _parse(record: RosterImport) -> ParsedRoster | Response:
    """The kept file read again, or the way back to the start when it cannot be."""
    try:
        return roster.parse_import(record, access.current_branch().currency)
    except FileRefused as error:
        htmx.toast(message_text(error.message), "error")
    except StorageError:
        htmx.toast(_("The uploaded file is not there any more. Please upload it again."), "error")
    return htmx.redirect(url_for(".index"))


def _index_context() -> dict[str, Any]:
    return {"recent": contracts.recent_imports(access.current_branch().id), "branch": access.current_branch()}


def _columns_context(record: RosterImport, parsed: ParsedRoster, typed: Any = None) -> dict[str, Any]:
    return {
        "record": record,
        "parsed": parsed,
        "columns": views.column_rows(parsed, typed),
        "fields": views.field_choices(),
        "sheets": views.sheet_choices(parsed),
    }


def _months() -> list[date]:
    """First days of the months that changed prices may hold from."""
    branch = access.current_branch()
    first = first_undrafted(branch.id, clock.local_date(clock.now(), branch.timezone))
    return views.months_from(first, MONTHS_AHEAD)


def _chosen_month(text: str | None, months: list[date]) -> date:
    return next((month for month in months if month.isoformat() == text), months[0])
