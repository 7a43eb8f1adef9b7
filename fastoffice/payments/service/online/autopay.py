"""Charging by itself what a client ordered to be charged: one document at a time, once a day, three times at most."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice import audit, bulk, clock, transaction
from fastoffice.billing.models import InvoiceHold
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import AutoPay, CardAccount, PayAttempt, PayAttemptPart
from fastoffice.payments.queries import payables
from fastoffice.payments.rules import autopay as rules
from fastoffice.payments.rules.online import PRICE_ENDS
from fastoffice.payments.service.online import attempts, cards, charging, syncing

log = logging.getLogger(__name__)
ACTOR = audit.Actor("autopay")
MOMENT = timedelta(microseconds=1)
Held = tuple[str, date | None]  # kind of a hold and its last day


def order_of(client_id: int) -> AutoPay | None:
    """What the client has ordered, if anything."""
    query = sa.select(AutoPay).where(AutoPay.client_id == client_id, AutoPay.ended_at.is_(None))
    return db.session.scalar(query.options(joinedload(AutoPay.card)))


def order(branch_id: int, client_id: int, card_id: int, on_day: int, actor: audit.Actor, now: datetime,
          *, consent: bool) -> AutoPay:
    """Charge this card by itself from now on. Raises ConsentMissing, NoSuchDay, NoSuchCard."""
    if not consent:
        raise errors.ConsentMissing
    if on_day not in rules.DAYS:
        raise errors.NoSuchDay
    clients.lock([client_id])
    card = cards.card_of(client_id, card_id)
    _end(client_id, now)
    made = AutoPay(branch_id=branch_id, client_id=client_id, card_id=card.id, on_day=on_day, consent_at=now,
                   consent_by=actor.name[:120])
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "autopay.ordered", ("client", client_id), {"card": card.label, "on_day": on_day},
                 branch_id=branch_id)
    return made


def stop(branch_id: int, client_id: int, actor: audit.Actor, now: datetime) -> None:
    """Charge nothing by itself any more; again without harm."""
    clients.lock([client_id])
    if _end(client_id, now):
        audit.record(actor, "autopay.ended", ("client", client_id), branch_id=branch_id)


def _end(client_id: int, now: datetime) -> bool:
    mine = sa.and_(AutoPay.client_id == client_id, AutoPay.ended_at.is_(None))
    statement = sa.update(AutoPay).where(mine).values(ended_at=now)
    return bool(db.session.connection().execute(statement).rowcount)


@dataclass(frozen=True, slots=True)
class Charge:
    """A document whose day has come."""

    branch_id: int
    client_id: int
    invoice_id: int
    card_id: int


def due(now: datetime, client_id: int | None = None) -> list[Charge]:
    """What is to be charged at this moment, of everybody or of one client, where the branch's day has begun."""
    query = sa.select(AutoPay, Branch, CardAccount.methods).join(Branch, Branch.id == AutoPay.branch_id).join(
        CardAccount, CardAccount.branch_id == Branch.id).where(AutoPay.ended_at.is_(None), CardAccount.is_enabled)
    if client_id is not None:
        query = query.where(AutoPay.client_id == client_id)
    orders = [(row.AutoPay, row.Branch) for row in db.session.execute(query)
              if "card" in row.methods and clock.local(now, row.Branch.timezone).time() >= rules.NOT_BEFORE]
    rows = payables.open_rows([found.client_id for found, _branch in orders])
    ids, zones = [row.id for each in rows.values() for row in each], {
        branch.id: branch.timezone for _found, branch in orders}
    tries, held = _tries(ids, zones), _held(ids, zones, now)
    return [Charge(branch.id, found.client_id, row.id, found.card_id) for found, branch in orders
            for row in rows.get(found.client_id, [])
            if _is_due(found, row, tries.get(row.id, []), held.get(row.id, []), clock.local_date(now, branch.timezone))]


def _is_due(found: AutoPay, row: Any, tries: list[date], held: list[Held], today: date) -> bool:
    day = rules.put_off(
        rules.charge_day(found.on_day, row.issued_on, row.due_on, is_prompt=row.stage == "prompt"), held)
    return day is not None and rules.may_try(day, today, tries)


def _held(invoice_ids: Sequence[int], zones: dict[int, str], now: datetime) -> dict[int, list[Held]]:
    """By document, what asks to leave it alone at this moment."""
    found: dict[int, list[Held]] = defaultdict(list)
    query = sa.select(InvoiceHold.invoice_id, InvoiceHold.branch_id, InvoiceHold.kind, InvoiceHold.until_at).where(
        InvoiceHold.released_at.is_(None), sa.or_(InvoiceHold.until_at.is_(None), InvoiceHold.until_at > now))
    for row in bulk.rows_in(query, InvoiceHold.invoice_id, invoice_ids):
        last = clock.local_date(row.until_at - MOMENT, zones[row.branch_id]) if row.until_at else None
        found[row.invoice_id].append((row.kind, last))
    return found


def _tries(invoice_ids: Sequence[int], zones: dict[int, str]) -> dict[int, list[date]]:
    """The days on which each document was charged by itself, whatever came of it."""
    found: dict[int, list[date]] = defaultdict(list)
    query = sa.select(PayAttemptPart.invoice_id, PayAttempt.branch_id, PayAttempt.created_at).join(
        PayAttempt, PayAttempt.id == PayAttemptPart.attempt_id).where(PayAttempt.kind == "autopay")
    for row in bulk.rows_in(query, PayAttemptPart.invoice_id, invoice_ids):
        found[row.invoice_id].append(clock.local_date(row.created_at, zones[row.branch_id]))
    return found


def charge_all(now: datetime) -> int:
    """Charge what is due; how many were paid. What is being paid in another way is left alone."""
    wanted = due(now)
    db.session.rollback()
    return sum(_charge(each, now) for each in wanted)


def _charge(wanted: Charge, now: datetime) -> bool:
    try:
        attempt_id = _begun(wanted, now)
    except Refusal as refusal:
        log.info("document %s is not charged by itself: %s", wanted.invoice_id, type(refusal).__name__)
        return False
    if attempt_id is None:
        return False
    try:
        return charging.charge(attempt_id) == "paid"
    except (GatewayAway, GatewayRefused) as refusal:  # looked after like any other, or failed and told
        log.warning("attempt %s: %s", attempt_id, refusal.detail)
        return False


def _begun(wanted: Charge, now: datetime) -> int | None:
    """The attempt, unless the document is being paid in another way. A transfer that is only expected makes room for
    it, as it does for whoever pays by card: the order stands, and should the transfer come it is the client's credit.
    """
    found = transaction.run(_start, wanted, now)
    if not found.in_the_way or not _only_expected(found.in_the_way):
        return found.attempt_id
    for attempt_id in found.in_the_way:
        syncing.close(attempt_id, now)
    return transaction.run(_start, wanted, now).attempt_id


def _only_expected(attempt_ids: Sequence[int]) -> bool:
    """Whether nobody has paid or is paying any of these: they are transfers to a CLABE that was shown."""
    methods = set(db.session.scalars(sa.select(PayAttempt.method).where(PayAttempt.id.in_(attempt_ids))))
    db.session.rollback()
    return not methods & set(PRICE_ENDS)


def _start(wanted: Charge, now: datetime) -> attempts.Start:
    """The attempt, if the order still stands; or what is in its way."""
    clients.lock([wanted.client_id])
    found = order_of(wanted.client_id)
    if found is None or found.card_id != wanted.card_id or wanted not in due(now, wanted.client_id):
        return attempts.Start(None)
    branch = db.session.get_one(Branch, wanted.branch_id)
    return attempts.start(branch, wanted.client_id, [wanted.invoice_id], "card", ACTOR, now, back_to="",
                          kind="autopay", card_id=wanted.card_id)
