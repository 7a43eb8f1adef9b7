"""Writing offices."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from fastoffice import audit, bulk
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.workspaces import queries
from fastoffice.workspaces.models import Office

LONGEST_CODE = 20


def office_called(actor: audit.Actor, branch_id: int, code: str) -> Office | None:
    """The office with this code, made when there is none; None for no code. Raises Refusal (field "office")."""
    code = clean_text(code)
    if not code:
        return None
    if len(code) > LONGEST_CODE:
        raise Refusal(_l("At most %(count)s characters.", count=LONGEST_CODE), field="office")
    office = queries.office_by_code(branch_id, code)
    if office is None:
        office = Office(branch_id=branch_id, code=code)
        db.session.add(office)
        db.session.flush()
        audit.record(actor, "office.created", ("office", office.id), {"code": code}, branch_id=branch_id)
    return office


def add_offices(branch_id: int, codes: Sequence[str]) -> list[int]:
    """Ids of new offices with these codes, in order: what an import brings, noted there."""
    rows = [
        {"branch_id": branch_id, "code": code, "name": "", "capacity": 1, "is_active": True} for code in codes
    ]
    return bulk.insert_returning_ids(Office, rows)
