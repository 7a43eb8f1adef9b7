"""Writing what a preview shows: in bulk, all or nothing, and nothing the second time."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.contracts.roster.plan import Change, RosterPlan, Value
from fastoffice.contracts.roster.records import ParsedRoster
from fastoffice.contracts.service.places import index_offices
from fastoffice.contracts.service.roster.client_writing import write_clients
from fastoffice.contracts.service.roster.contract_writing import change_contracts, create_contracts
from fastoffice.contracts.service.roster.preview import RosterPreview, preview_roster
from fastoffice.errors import Refusal
from fastoffice.extensions import db


class RosterRefused(Refusal):
    """Rows of the file cannot be imported; nothing was written. `preview` says which and why."""

    def __init__(self, preview: RosterPreview) -> None:
        super().__init__(_l("The file has rows that cannot be imported. Nothing was saved."))
        self.preview = preview


def apply_roster(
    branch: Branch,
    parsed: ParsedRoster,
    actor: Actor,
    at: datetime,
    prices_from: date,
    source: tuple[str, int] | None = None,
) -> RosterPreview:
    """Import the whole file and return what was done. Raises RosterRefused, with nothing written.

    `source` is the subject of the audit entry, the branch unless given. One import of a branch at a time.
    """
    branches.lock_for_billing(branch.id)
    preview = preview_roster(branch, parsed, prices_from, lock_them=True)
    if not preview.can_apply:
        raise RosterRefused(preview)
    client_ids = write_clients(branch, preview.plan.clients, at)
    created = create_contracts(branch, preview.plan, client_ids, at)
    change_contracts(branch, preview.plan, clock.local_date(at, branch.timezone), actor)
    index_offices(sorted(client_ids.values()))
    db.session.expire_all()
    _record(branch, preview, created, actor, source or ("branch", branch.id))
    return preview


def _record(
    branch: Branch, preview: RosterPreview, created: dict[int, int], actor: Actor, source: tuple[str, int]
) -> None:
    """One entry for the import and one for each contract it touched."""
    counts = preview.counts
    if not (counts.created or counts.changed):
        return
    audit.record(actor, "roster.imported", source, counts.as_dict(), branch_id=branch.id)
    for row_number, contract_id in created.items():
        audit.record(
            actor, "contract.imported", ("contract", contract_id), {"row": row_number}, branch_id=branch.id
        )
    for contract_id, changes in _changes(preview.plan):
        audit.record(
            actor, "contract.changed_by_import", ("contract", contract_id), changes, branch_id=branch.id
        )


def _changes(plan: RosterPlan) -> list[tuple[int, dict[str, list[object]]]]:
    return [
        (row.contract.id, {change.field: _pair(change) for change in row.changes})
        for row in plan.with_action("changed")
        if row.contract
    ]


def _pair(change: Change) -> list[object]:
    return [_plain(change.old), _plain(change.new)]


def _plain(value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
