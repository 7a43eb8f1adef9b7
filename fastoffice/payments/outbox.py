"""What the outbox asks just before it speaks of a payment: does it still stand, and what is owed now."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import bulk, money
from fastoffice.billing.service import pay_links
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice
from fastoffice.payments.models import Payment
from fastoffice.payments.queries import figures, payables
from fastoffice.payments.service import telling, thanking

_ABOUT = sa.select(Notice.id, Payment.client_id, Payment.currency, Payment.state).join(
    Payment, Payment.id == Notice.subject_id)


def still_counts(notice_ids: list[int]) -> set[int]:
    """Nobody is thanked for a payment that was reversed meanwhile."""
    return {row.id for row in bulk.rows_in(_ABOUT, Notice.id, notice_ids) if row.state == "received"}


def values(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """The balance as it is now, and the pay link of the oldest document that is still open."""
    rows = bulk.rows_in(_ABOUT, Notice.id, notice_ids)
    clients = sorted({row.client_id for row in rows})
    owed = {currency: figures.clients_money(clients, currency) for currency in sorted({row.currency for row in rows})}
    oldest = {key: found[0].id for key, found in payables.payable(clients).items()}
    links = pay_links.urls(sorted(oldest.values()))
    found = {}
    for row in rows:
        known = owed[row.currency].get(row.client_id)
        link = links.get(oldest.get(row.client_id, 0), "")
        found[row.id] = {"balance": money.display(known.open if known else 0, row.currency), "pay_link": link}
    return found


def register() -> None:
    """Attach payments' answers to its kinds of notice."""
    registry.register(thanking.KIND, still_true=still_counts, values=values)
    registry.register(telling.KIND, values=values)
