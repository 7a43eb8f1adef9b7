"""A guest's document: one line with the room, outside the monthly cycle, carried by the guest's own messages."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit
from fastoffice.billing.models import Credit, Invoice
from fastoffice.billing.service import issuing, one_off
from fastoffice.billing.service.adjusting import LineChange
from fastoffice.bookings.models import Booking
from fastoffice.bookings.service import charging
from fastoffice.branches.models import Branch, TaxProfile
from fastoffice.extensions import db
from fastoffice.guests.errors import NotOnline
from fastoffice.payments.service import spending


def bill(branch: Branch, client_id: int, booking: Booking, amount: int, occasion: str, actor: audit.Actor,
         now: datetime) -> Invoice:
    """Issue the document of a booking for `amount` (minor units, without tax), once per `occasion`.

    Raises NotOnline when the branch cannot issue it.
    """
    profile = db.session.get_one(TaxProfile, booking.tax_profile_id)
    line = LineChange(charging.describe(branch, booking), 1000, amount, amount)
    draft = one_off.draft_one_off(branch, client_id, [(line, profile)], [], actor, now,
                                  request_key=f"guest:{booking.id}:{occasion}")
    if draft.status == "draft":
        result = issuing.issue_invoices(branch, [(draft.id, None)], actor, now)
        if draft.id not in result.issued:
            raise NotOnline
    return db.session.get_one(Invoice, draft.id, populate_existing=True)


def pay_with(branch: Branch, invoice: Invoice, credit: Credit, actor: audit.Actor, now: datetime) -> Invoice:
    """Pay a document with what is left of a payment, as far as it goes."""
    db.session.refresh(credit)
    db.session.refresh(invoice)
    if invoice.paid < invoice.total and credit.amount > credit.applied + credit.refunded:
        spending.apply_credit(branch, invoice.client_id, [invoice.id], actor, now, credit_id=credit.id)
        db.session.refresh(invoice)
    return invoice
