"""What screens ask of online payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice.billing.models import Invoice
from fastoffice.extensions import db
from fastoffice.payments.models import CardAccount, PayAttempt, PayAttemptPart, SavedCard
from fastoffice.payments.rules import ONLINE
from fastoffice.payments.rules import online as rules


@dataclass(frozen=True, slots=True)
class Offer:
    """A means of paying online. `why_not`: "" when it is open; "amount" or "late" for a voucher that can't be had."""

    method: str
    why_not: str = ""


def account_of(branch_id: int) -> CardAccount | None:
    """The branch's account when it takes payments now."""
    query = sa.select(CardAccount).where(
        CardAccount.branch_id == branch_id, CardAccount.is_enabled)
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class Ways:
    """How something can be paid online: by the means that the branch takes, or with one of the client's kept cards."""

    offers: list[Offer]
    cards: list[SavedCard]


def ways(branch_id: int, client_id: int, amount: int, currency: str, promised_until: datetime | None,
         now: datetime) -> Ways:
    """The means for such an amount (minor units) and the cards to pay it with in one touch, the newest first."""
    kept = sa.and_(SavedCard.account_id == CardAccount.id, SavedCard.client_id == client_id,
                   SavedCard.removed_at.is_(None))
    query = sa.select(CardAccount, SavedCard).outerjoin(SavedCard, kept).where(
        CardAccount.branch_id == branch_id, CardAccount.is_enabled)
    rows = list(db.session.execute(query.order_by(SavedCard.id.desc())))
    account = rows[0][0] if rows else None
    month = (now - timedelta(days=1)).strftime("%Y-%m")  # a card is good to the end of its month, wherever that ends
    cards = [card for _account, card in rows if card is not None and card.ends >= month]
    takes_cards = account is not None and "card" in account.methods
    return Ways(_offers(account, amount, currency, promised_until, now), cards if takes_cards else [])


def offers(branch_id: int, amount: int, currency: str, promised_until: datetime | None, now: datetime) -> list[Offer]:
    """The means that the branch takes online for such an amount (minor units)."""
    return _offers(account_of(branch_id), amount, currency, promised_until, now)


def _offers(account: CardAccount | None, amount: int, currency: str, promised_until: datetime | None,
            now: datetime) -> list[Offer]:
    methods = account.methods if account is not None else []
    return [Offer(method, _why_not(method, amount, currency, promised_until, now)) for method in ONLINE
            if method in methods]


def _why_not(method: str, amount: int, currency: str, promised_until: datetime | None, now: datetime) -> str:
    if method != "oxxo":
        return ""
    if not rules.oxxo_takes(amount, currency):
        return "amount"
    return "" if rules.voucher_days(now, promised_until) else "late"


def attempt_by_key(key: str) -> PayAttempt | None:
    """The attempt that a return address names."""
    return db.session.scalar(sa.select(PayAttempt).where(PayAttempt.key == key[:40]))


def under_way(invoice_ids: Sequence[int]) -> dict[int, PayAttempt]:
    """By document, the attempt that is under way for it."""
    query = sa.select(PayAttemptPart).where(
        PayAttemptPart.invoice_id.in_(invoice_ids), PayAttemptPart.active).options(joinedload(PayAttemptPart.attempt))
    return {part.invoice_id: part.attempt for part in db.session.scalars(query)}


def attempts_of_client(client_id: int, limit: int = 20) -> list[PayAttempt]:
    """A client's attempts, the newest first, with the documents they are for."""
    query = sa.select(PayAttempt).where(PayAttempt.client_id == client_id).order_by(PayAttempt.id.desc()).limit(limit)
    return list(db.session.scalars(query.options(selectinload(PayAttempt.parts))))


def numbers_of(attempts: Sequence[PayAttempt]) -> dict[int, str]:
    """Numbers of the documents that these attempts are for, by document."""
    ids = sorted({part.invoice_id for attempt in attempts for part in attempt.parts})
    query: Any = sa.select(Invoice.id, Invoice.number).where(Invoice.id.in_(ids))
    return {row.id: row.number for row in db.session.execute(query)} if ids else {}
