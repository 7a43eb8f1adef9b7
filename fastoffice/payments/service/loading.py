"""A payment or a credit in hand: its client locked first, then read anew."""

from __future__ import annotations

from fastoffice.billing.models import Credit
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.models import Payment


def hold_payment(payment: Payment, version: int | None = None) -> Payment:
    """The payment as it is now, nobody else changing this client's money until the unit ends.

    Raises ChangedMeanwhile when it is not at `version`, the one that the person saw.
    """
    clients.lock([payment.client_id])
    db.session.refresh(payment)
    if version is not None and payment.version != version:
        raise errors.ChangedMeanwhile
    return payment


def hold_credit(credit: Credit) -> Credit:
    """The credit as it is now, under its client's lock."""
    clients.lock([credit.client_id])
    db.session.refresh(credit)
    return credit
