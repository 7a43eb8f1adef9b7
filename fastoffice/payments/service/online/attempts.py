"""Beginning to pay: an attempt with its amount from the books and its key, committed before anybody is asked.

Order of locks: the client, the attempt's own rows, invoices' holds, audit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.billing.service import closing, holds
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.models import CardAccount, PayAttempt, PayAttemptPart
from fastoffice.payments.queries import payables
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service.online import accounts, wording

UNANSWERED = timedelta(minutes=2)  # after which an attempt that was never opened is looked after
STILL_FRESH = timedelta(minutes=2)  # a page that ends sooner is not handed out again
SYSTEM = audit.Actor.system()


@dataclass(frozen=True, slots=True)
class Start:
    """The attempt to go on with; or, first, those that have to be closed at the processor (then start again)."""

    attempt_id: int | None
    in_the_way: tuple[int, ...] = ()
    is_new: bool = False


def start(branch: Branch, client_id: int, invoice_ids: Sequence[int], method: str, actor: audit.Actor, now: datetime,
          *, back_to: str, kind: str = "checkout", save_card: bool = False, card_id: int | None = None) -> Start:
    """An attempt to pay these documents, or what became of them, with what they ask for now. `save_card`: the
    client agrees that the card is kept; kind saved and autopay charge the kept `card_id`.

    A page that is open for the same is handed out again. Raises OnlineOff, NothingOwed, OtherCurrency, OxxoNotNow,
    OxxoAmount, StillUnderWay; PriceChanged for a kept card: no page shows its holder the amount of the replacement.
    """
    account = accounts.in_use(branch.id)
    if method not in account.methods:
        raise errors.OnlineOff
    clients.lock([client_id])
    closing.close_chunk(branch, now, SYSTEM, client_ids=[client_id], limit=1000)
    rows = _open(client_id, invoice_ids)
    if kind != "checkout" and not {row.id for row in rows} <= set(invoice_ids):
        raise errors.PriceChanged
    promised = _promised_until(rows, now)
    amount = sum(row.total - row.paid for row in rows)
    _check(method, amount, rows, promised, now)
    found = _under_way([row.id for row in rows])
    if kind == "checkout" and len(found) == 1 and _is_same(found[0], rows, method, save_card, promised, now):
        return Start(found[0].id)
    if found:
        return Start(None, tuple(attempt.id for attempt in found))
    made = _insert(branch, account, client_id, rows, method, actor, now, promised, back_to,
                   kind=kind, save_card=save_card, saved_card_id=card_id)
    return Start(made.id, is_new=True)


def _open(client_id: int, invoice_ids: Sequence[int]) -> list[Any]:
    living = list(dict.fromkeys(payables.heirs(list(invoice_ids)).values()))
    rows = [row for row in payables.open_by_id(living) if row.client_id == client_id]
    if not rows:
        raise errors.NothingOwed
    return rows


def _promised_until(rows: Sequence[Any], now: datetime) -> datetime | None:
    ends = [row.closes_at for row in rows if row.stage == "prompt" and row.closes_at and row.list_total != row.total]
    return min((end for end in ends if end > now), default=None)


def _check(method: str, amount: int, rows: Sequence[Any], promised: datetime | None, now: datetime) -> None:
    if len({row.currency for row in rows}) > 1:
        raise errors.OtherCurrency(rows[-1].number, rows[-1].currency)
    if method != "oxxo":
        return
    if not rules.oxxo_takes(amount, rows[0].currency):
        raise errors.OxxoAmount
    if not rules.voucher_days(now, promised):
        raise errors.OxxoNotNow


def _under_way(invoice_ids: Sequence[int]) -> list[PayAttempt]:
    """Pages that are open for these documents. Raises StillUnderWay where money may be on its way already."""
    parts = sa.select(PayAttemptPart.attempt_id).where(
        PayAttemptPart.invoice_id.in_(invoice_ids), PayAttemptPart.active)
    found = list(db.session.scalars(sa.select(PayAttempt).where(PayAttempt.id.in_(parts)).order_by(PayAttempt.id)))
    if any(attempt.kind != "checkout" or (attempt.state == "processing" and attempt.method in rules.PRICE_ENDS)
           for attempt in found):
        raise errors.StillUnderWay
    return found


def _is_same(attempt: PayAttempt, rows: Sequence[Any], method: str, save_card: bool, promised: datetime | None,
             now: datetime) -> bool:
    wanted = {row.id: row.total - row.paid for row in rows}
    return ((attempt.method, attempt.save_card) == (method, save_card) and attempt.state != "processing"
            and attempt.promised_until == promised
            and {part.invoice_id: part.amount for part in attempt.parts} == wanted
            and (attempt.expires_at is None or attempt.expires_at > now + STILL_FRESH))


def _insert(branch: Branch, account: CardAccount, client_id: int, rows: Sequence[Any], method: str,
            actor: audit.Actor, now: datetime, promised: datetime | None, back_to: str, **kind: Any) -> PayAttempt:
    attempt = PayAttempt(
        branch_id=branch.id, account_id=account.id, client_id=client_id, key=secrets.token_hex(16), method=method,
        amount=sum(row.total - row.paid for row in rows), currency=rows[0].currency, back_to=back_to[:300],
        created_at=now, expires_at=rules.session_end(now, promised), promised_until=promised,
        started_by=actor.name[:120], next_check_at=now + UNANSWERED,
        parts=[PayAttemptPart(invoice_id=row.id, amount=row.total - row.paid) for row in rows], **kind)
    db.session.add(attempt)
    db.session.flush()
    if method in rules.PRICE_ENDS:
        for row in rows:
            holds.place_hold(branch, row.id, "in_flight", wording.hold_reason(branch), SYSTEM, now,
                             source=attempt.source)
    audit.record(actor, "attempt.started", ("pay_attempt", attempt.id), {
        "amount": attempt.amount, "currency": attempt.currency, "method": method,
        "invoices": [row.number for row in rows]}, branch_id=branch.id)
    return attempt
