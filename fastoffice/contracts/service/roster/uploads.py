"""An uploaded file between preview and confirmation: kept by content, read again when it is applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.contracts.models import RosterImport
from fastoffice.contracts.roster import ParsedRoster, parse_in_child
from fastoffice.contracts.service.roster.applying import apply_roster
from fastoffice.contracts.service.roster.mappings import remember_mapping
from fastoffice.documents.storage import Storage, storage_at
from fastoffice.errors import Conflict
from fastoffice.extensions import db
from fastoffice.folding import clean_text

SHEET = "# sheet"
"""Key of the chosen sheet among an import's corrections; no header folds to it."""


def _storage() -> Storage:
    return storage_at(current_app.config["SETTINGS"].storage_url)


def keep_upload(
    branch: Branch, filename: str, data: bytes, mapping: Mapping[str, str], actor: Actor, at: datetime
) -> RosterImport:
    """Store the file and its row. `mapping` is how its columns were read."""
    stored = _storage().put(data, "application/octet-stream")
    record = RosterImport(
        branch_id=branch.id,
        filename=clean_text(filename)[:255] or "-",
        sha256=stored.sha256,
        uploaded_at=at,
        uploaded_by=actor.name,
        mapping=dict(mapping),
        result={},
    )
    db.session.add(record)
    db.session.flush()
    return record


def parse_import(record: RosterImport, currency: str) -> ParsedRoster:
    """Read the kept file again, in the limited child. Raises FileRefused."""
    mapping = dict(record.mapping)
    sheet = mapping.pop(SHEET, None)
    return parse_in_child(_storage().get(record.sha256), record.filename, mapping, currency, sheet)


def choose_sheet(record: RosterImport, name: str) -> None:
    """Read this sheet of the file instead of the likeliest; it is not remembered for other files."""
    record.mapping = {**record.mapping, SHEET: name}


def correct_mapping(record: RosterImport, corrections: Mapping[str, str]) -> None:
    """Read the file's columns as a person says, and remember it for the branch's next file."""
    record.mapping = {**record.mapping, **corrections}
    remember_mapping(record.branch_id, corrections)


def confirm_import(
    branch: Branch,
    record: RosterImport,
    parsed: ParsedRoster,
    fingerprint: str,
    actor: Actor,
    at: datetime,
    prices_from: date,
) -> RosterImport:
    """Apply a kept file once; asked again, answer what was done. Raises RosterRefused or Conflict.

    `fingerprint` is that of the plan that was shown. Conflict: it is different now; nothing was written.
    """
    query = sa.select(RosterImport).where(RosterImport.id == record.id).with_for_update()
    locked = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if locked.applied_at is not None:
        return locked
    preview = apply_roster(branch, parsed, actor, at, prices_from, ("roster_import", locked.id))
    if preview.plan.fingerprint != fingerprint:
        raise Conflict(
            _l("Contracts changed since you looked at the preview. Look at it again, then confirm.")
        )
    locked.applied_at = at
    locked.result = {**preview.counts.as_dict(), "prices_from": prices_from.isoformat()}
    return locked
