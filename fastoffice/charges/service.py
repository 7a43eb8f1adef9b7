"""Pending charges: extras that go on the client's next draft, once."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.charges.models import WITHDRAWN, PendingCharge
from fastoffice.errors import Refusal
from fastoffice.extensions import db


class AlreadyBilled(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("This charge is on a document already; take it off there."))


def add_charge(
    branch: Branch, client_id: int, contract_id: int | None, description: str, charged_on: date,
    quantity_milli: int, unit_price: int, tax_profile_id: int, origin: str, actor: audit.Actor, now: datetime,
) -> PendingCharge:
    """Note a charge; `origin` ("booking:77", "manual:<key>") makes it one, however often it is noted."""
    known = db.session.scalar(
        sa.select(PendingCharge).where(PendingCharge.branch_id == branch.id, PendingCharge.origin == origin))
    if known is not None:
        return known
    if quantity_milli <= 0:
        raise Refusal(_l("The quantity must be more than zero."), field="quantity")
    charge = PendingCharge(
        branch_id=branch.id, client_id=client_id, contract_id=contract_id, description=description.strip()[:300],
        charged_on=charged_on, quantity_milli=quantity_milli, unit_price=unit_price, tax_profile_id=tax_profile_id,
        origin=origin, created_at=now, created_by=actor.name)
    db.session.add(charge)
    db.session.flush()
    audit.record(actor, "charge.added", ("client", client_id),
                 {"charge": charge.id, "unit_price": unit_price, "quantity_milli": quantity_milli},
                 branch_id=branch.id)
    return charge


def drop_charge(charge: PendingCharge, actor: audit.Actor, now: datetime) -> None:
    """Forget a charge that is on no document yet. Raises AlreadyBilled, also when a draft takes it at this moment."""
    db.session.refresh(charge, with_for_update=True)
    if charge.billed:
        raise AlreadyBilled
    if charge.dropped_at is None:
        charge.dropped_at = now
        audit.record(actor, "charge.dropped", ("client", charge.client_id), {"charge": charge.id},
                     branch_id=charge.branch_id)


def withdraw_charge(charge: PendingCharge, actor: audit.Actor, now: datetime) -> None:
    """What it was for did not happen, or costs something else: forget it, and let the same origin be charged anew.

    One that was dropped otherwise was waived and stays so: whoever made it asks for it no more. Raises AlreadyBilled.
    """
    if charge.dropped_at is None:
        drop_charge(charge, actor, now)
        charge.origin = f"{charge.origin}{WITHDRAWN}{charge.id}"
