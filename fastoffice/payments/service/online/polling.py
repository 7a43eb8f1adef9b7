"""What no event told: the processor's payments and ours side by side, once a night, in both directions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from fastoffice import bulk, transaction
from fastoffice.extensions import db
from fastoffice.payments.gateway import Gateway, GatewayAway, GatewayRefused, IntentState
from fastoffice.payments.models import CardAccount, PayAttempt, Payment
from fastoffice.payments.rules import ONLINE
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service.online import accounts, differences, disputes, outcomes, refunding, syncing, transfers

log = logging.getLogger(__name__)
EVERY, BACK, AGAIN = timedelta(hours=24), timedelta(days=10), timedelta(minutes=30)
Found = list[tuple[str, str, int, str]]  # kind, their id, amount, currency
Money = tuple[int, str]  # amount, currency
T = TypeVar("T")


def due(now: datetime) -> list[int]:
    """Accounts that were not compared for a day."""
    query = sa.select(CardAccount.id).where(
        CardAccount.is_enabled, sa.or_(CardAccount.polled_at.is_(None), CardAccount.polled_at <= now - EVERY),
        sa.or_(CardAccount.poll_after.is_(None), CardAccount.poll_after <= now))
    return list(db.session.scalars(query))


def poll(account_id: int, now: datetime) -> None:
    """Book what was missed, note what differs. Where the processor can't be asked it is tried again later."""
    try:
        _compare(account_id, now)
    except (GatewayAway, GatewayRefused) as reason:
        log.warning("account %s could not be compared: %s", account_id, reason)
        transaction.run(_put_off, account_id, now)


def _put_off(account_id: int, now: datetime) -> None:
    db.session.execute(sa.update(CardAccount).where(CardAccount.id == account_id).values(
        poll_after=now + AGAIN))


def _compare(account_id: int, now: datetime) -> None:
    account = db.session.get_one(CardAccount, account_id)
    gateway, branch_id, since = accounts.gateway(account), account.branch_id, now - BACK
    db.session.rollback()
    theirs = {found.id: found for found in gateway.intents_since(since) if found.received}
    missed = [_known(syncing.ask, attempt_id, now) for attempt_id in _unbooked(account_id, theirs.values())]
    outcomes.write_all([outcome for outcome in missed if outcome is not None], now)
    _returns(account_id, gateway, since, now)
    idle = _idle_cash(account_id, gateway, now)
    ours = _booked(branch_id, since)
    db.session.rollback()
    found = idle + _unknown_to_us(theirs, ours) + _unknown_to_them(gateway, theirs, ours)
    transaction.run(_keep, account_id, branch_id, found, now)


def _known(ask: Callable[..., T], *args: Any) -> T | None:
    """What they say of one thing; None when they know no such thing, as after the branch changed to another account
    of theirs: the rest is compared all the same. Raises GatewayAway.
    """
    try:
        return ask(*args)
    except GatewayRefused as refusal:
        log.warning("%s is not known there: %s", args[0], refusal.code)
        return None


def _idle_cash(account_id: int, gateway: Gateway, now: datetime) -> Found:
    """Transfers that nothing was paid with: less than was asked for, or more, or for nothing."""
    known = transfers.customers(account_id)
    db.session.rollback()
    found: Found = []
    for customer_id, currency in known:
        if not _known(gateway.cash, customer_id, currency):
            continue
        attempt_id = transfers.attempt_of(account_id, customer_id)
        db.session.rollback()
        if attempt_id is not None:
            _known(syncing.sync, attempt_id, now)
        if left := gateway.cash(customer_id, currency):
            found.append(("unknown_money", gateway.last_arrival(customer_id), left, currency))
    return found


def _returns(account_id: int, gateway: Gateway, since: datetime, now: datetime) -> None:
    """Refunds and disputes of these days, and older disputes that we think are open."""
    for refund in list(gateway.refunds_since(since)):
        transaction.run(refunding.told, account_id, refund, now)
    listed = list(gateway.disputes_since(since))
    older = set(disputes.open_ids(account_id)) - {found.id for found in listed}
    db.session.rollback()
    for dispute in [*listed, *(_known(gateway.dispute, dispute_id) for dispute_id in sorted(older))]:
        if dispute is not None:
            transaction.run(disputes.told, account_id, dispute, now)


def _unbooked(account_id: int, theirs: Iterable[IntentState]) -> list[int]:
    keys = [found.reference for found in theirs if found.status == "succeeded" and found.reference]
    query = sa.select(PayAttempt.id).where(PayAttempt.account_id == account_id, PayAttempt.state != "paid")
    ids = [row.id for row in bulk.rows_in(query, PayAttempt.key, keys)]  # type: ignore[arg-type]
    db.session.rollback()
    return ids


def _booked(branch_id: int, since: datetime) -> dict[str, Money]:
    query = sa.select(Payment.request_key, Payment.amount, Payment.currency).where(
        Payment.branch_id == branch_id, Payment.method.in_(ONLINE), Payment.recorded_at >= since)
    return {row.request_key.removeprefix(rules.PAYMENT): (row.amount, row.currency)
            for row in db.session.execute(query)}


def _unknown_to_us(theirs: dict[str, IntentState], ours: dict[str, Money]) -> Found:
    found: Found = []
    for intent in theirs.values():
        mine = ours.get(intent.id)
        if mine is None and intent.status == "succeeded":
            found.append(("unknown_money", intent.id, intent.received, intent.currency))
        elif mine is not None and mine != (intent.received, intent.currency):
            found.append(("amount", intent.id, intent.received - mine[0], intent.currency))
    return found


def _unknown_to_them(gateway: Gateway, theirs: dict[str, IntentState], ours: dict[str, Money]) -> Found:
    found: Found = []
    for intent_id, (amount, currency) in ours.items():
        if intent_id in theirs:
            continue
        known = _known(gateway.intent, intent_id)  # begun before the days that were listed
        if known is None or known.received != amount:
            found.append(("missing_money", intent_id, amount, currency))
    return found


def _keep(account_id: int, branch_id: int, found: Found, now: datetime) -> None:
    for kind, key, amount, currency in found:
        differences.note(account_id, branch_id, kind, key, amount, currency, now)
    db.session.execute(sa.update(CardAccount).where(CardAccount.id == account_id).values(polled_at=now))
