"""Charges as screens read them."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from fastoffice.charges.models import PendingCharge
from fastoffice.extensions import db


def pending_charges(client_id: int) -> list[PendingCharge]:
    """Charges of a client that are on no document yet, oldest first."""
    query = sa.select(PendingCharge).where(
        PendingCharge.client_id == client_id, ~PendingCharge.billed, PendingCharge.dropped_at.is_(None)
    ).order_by(PendingCharge.charged_on, PendingCharge.id)
    return list(db.session.scalars(query))


def of_origin(branch_id: int, origin: str, *, client_id: int) -> list[PendingCharge]:
    """Every charge of a client, dropped ones too, that came from `origin` ("booking:77") or one of its parts
    ("booking:77.1"), as it is now and held until the unit ends: a draft has it already, or gets it no more.
    """
    query = sa.select(PendingCharge).where(
        PendingCharge.branch_id == branch_id, PendingCharge.client_id == client_id,
        sa.or_(PendingCharge.origin == origin, PendingCharge.origin.startswith(f"{origin}.", autoescape=True)))
    query = query.order_by(PendingCharge.id).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def of_origins(branch_id: int, kind: str, since: date) -> list[PendingCharge]:
    """Every charge, dropped ones too, whose origin begins with `kind` ("mail-storage:"), charged since a day."""
    query = sa.select(PendingCharge).where(
        PendingCharge.branch_id == branch_id, PendingCharge.charged_on >= since,
        PendingCharge.origin.startswith(kind, autoescape=True))
    return list(db.session.scalars(query.order_by(PendingCharge.id)))
