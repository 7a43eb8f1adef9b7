"""What the outbox asks just before it speaks of a payment: does it still stand, and what is owed now."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fastoffice import bulk, money
from fastoffice.billing.models import Credit
from fastoffice.billing.service import pay_links
from fastoffice.notifications import registry
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.payments.models import CardRefund, Payment, Refund
from fastoffice.payments.queries import figures, payables
from fastoffice.payments.rules.online import REFUND_OVER
from fastoffice.payments.service import refund_notices, telling, thanking

_ABOUT = sa.select(Notice.id, Payment.client_id, Payment.currency, Payment.state).join(
    Payment, Payment.id == Notice.subject_id)
_ABOUT_REFUNDS = sa.select(Notice.id, Refund.client_id, Credit.currency).join(
    Refund, Refund.id == Notice.subject_id).join(Credit, Credit.id == Refund.credit_id)
_FAILED = sa.select(Notice.id).join(CardRefund, CardRefund.refund_id == Notice.subject_id).where(
    CardRefund.state.in_(REFUND_OVER))
_first = aliased(Notice)
_TOLD = sa.select(Notice.id).join(_first, sa.and_(
    _first.subject_type == "refund", _first.subject_id == Notice.subject_id,
    _first.kind == refund_notices.KIND)).join(Delivery, Delivery.notice_id == _first.id).where(
    sa.or_(Delivery.state == "sent",  # or on its way before it failed
           sa.and_(Delivery.state == "sending", Delivery.first_attempt_at < Notice.created_at)))


def still_counts(notice_ids: list[int]) -> set[int]:
    """Nobody is thanked for a payment that was reversed meanwhile."""
    return {row.id for row in bulk.rows_in(_ABOUT, Notice.id, notice_ids) if row.state == "received"}


def still_goes_back(notice_ids: list[int]) -> set[int]:
    """Nobody is told of a refund that came to nothing meanwhile."""
    return set(notice_ids) - {row.id for row in bulk.rows_in(_FAILED, Notice.id, notice_ids)}


def was_announced(notice_ids: list[int]) -> set[int]:
    """Nobody hears that a refund failed who had not heard of it."""
    return {row.id for row in bulk.rows_in(_TOLD, Notice.id, notice_ids)}


def values(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """Of payments: the balance as it is now, and the pay link of the oldest document that is still open."""
    return _as_of_now(bulk.rows_in(_ABOUT, Notice.id, notice_ids))


def values_of_refunds(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """The same for refunds."""
    return _as_of_now(bulk.rows_in(_ABOUT_REFUNDS, Notice.id, notice_ids))


def _as_of_now(rows: list[Any]) -> dict[int, dict[str, str]]:
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
    registry.register(refund_notices.KIND, still_true=still_goes_back, values=values_of_refunds)
    registry.register(refund_notices.FAILED, still_true=was_announced, values=values_of_refunds)
