"""Messages about cards that are charged by themselves: one was declined, one ends soon. Each once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import bulk, clock, locale, money
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import pay_links
from fastoffice.billing.service.readers import reader_of
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications import service as outbox
from fastoffice.notifications.models import Notice
from fastoffice.payments.models import AutoPay, PayAttempt, SavedCard

DECLINED, EXPIRING = "card_declined", "card_expiring"


def declined(attempt: PayAttempt) -> None:
    """Owe the client the news that their card was not charged, with the way to pay."""
    [part] = attempt.parts
    invoice, card = db.session.get_one(Invoice, part.invoice_id), db.session.get_one(SavedCard, attempt.saved_card_id)
    reader = reader_of(db.session.get_one(Branch, attempt.branch_id), attempt.client_id)
    outbox.owe_notice(reader.notice(DECLINED, ("pay_attempt", attempt.id), {
        "card": card.label, "invoice_number": invoice.number or "—",
        "balance": money.display(invoice.balance, invoice.currency),
        "due_date": locale.date_long(invoice.due_on, reader.language) if invoice.due_on else "—",
        "pay_link": pay_links.urls([invoice.id]).get(invoice.id, "—")}))


def count_expiring(now: datetime) -> int:
    """How many cards that are charged by themselves end this month."""
    return len(_expiring(now))


def expiring(now: datetime) -> int:
    """Owe those clients a message, once per card and end; how many."""
    found = _expiring(now)
    for card in found:
        reader = reader_of(db.session.get_one(Branch, card.branch_id), card.client_id)
        outbox.owe_notice(reader.notice(EXPIRING, ("saved_card", card.id), {
            "card": card.label, "card_ends": f"{card.exp_month:02d}/{card.exp_year}"}, occasion=card.ends))
    return len(found)


def _expiring(now: datetime) -> list[SavedCard]:
    query = sa.select(SavedCard, Branch.timezone).join(AutoPay, AutoPay.card_id == SavedCard.id).join(
        Branch, Branch.id == SavedCard.branch_id).where(AutoPay.ended_at.is_(None), SavedCard.removed_at.is_(None))
    found = []
    for row in db.session.execute(query):
        today = clock.local_date(now, row.timezone)
        if (row.SavedCard.exp_year, row.SavedCard.exp_month) <= (today.year, today.month):
            found.append(row.SavedCard)
    notices = sa.select(Notice.subject_id, Notice.occasion).where(
        Notice.kind == EXPIRING, Notice.subject_type == "saved_card")
    rows = bulk.rows_in(notices, Notice.subject_id, [card.id for card in found])
    told = {(row.subject_id, row.occasion) for row in rows}
    return [card for card in found if (card.id, card.ends) not in told]
