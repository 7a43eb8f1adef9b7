"""Kept cards: added when a payment with consent came through, removed at once when the client says so."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, bulk, clock, transaction
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayRefused, IntentState
from fastoffice.payments.models import AutoPay, CardAccount, PayAttempt, SavedCard
from fastoffice.payments.service.online import accounts
from fastoffice.upsert import insert_unless_there


def keep_from(attempt: PayAttempt, intent: IntentState) -> None:
    """Keep the card of a payment that came with consent; again without harm."""
    if not attempt.save_card or intent.card_ends is None or not intent.method_id or not intent.customer_id:
        return
    year, month = intent.card_ends
    db.session.execute(insert_unless_there(bulk.table_of(SavedCard)).values(
        branch_id=attempt.branch_id, account_id=attempt.account_id, client_id=attempt.client_id,
        customer_id=intent.customer_id, method_id=intent.method_id, label=intent.card, exp_year=year, exp_month=month,
        consent_at=attempt.created_at, consent_by=attempt.started_by))


def of_client(client_id: int) -> list[SavedCard]:
    """The cards that a client can be charged with, the newest first."""
    query = sa.select(SavedCard).join(CardAccount, CardAccount.id == SavedCard.account_id).where(
        SavedCard.client_id == client_id, SavedCard.removed_at.is_(None), CardAccount.is_enabled)
    return list(db.session.scalars(query.order_by(SavedCard.id.desc())))


def card_of(client_id: int, card_id: int) -> SavedCard:
    """One of a client's cards. Raises NoSuchCard."""
    card = next((each for each in of_client(client_id) if each.id == card_id), None)
    if card is None:
        raise errors.NoSuchCard
    return card


def is_over(card: SavedCard, now: datetime, zone: str) -> bool:
    """Whether its last month has passed."""
    today = clock.local_date(now, zone)
    return (card.exp_year, card.exp_month) < (today.year, today.month)


def remove(client_id: int, card_id: int, actor: audit.Actor) -> None:
    """Stop using a card, here first and then at the processor, whose refusal changes nothing any more.

    Payment by itself with it ends. Raises NoSuchCard, GatewayAway (it is out of use here all the same).
    """
    method_id, account_id = transaction.run(_out_of_use, client_id, card_id, actor)
    gateway = accounts.gateway(db.session.get_one(CardAccount, account_id))
    db.session.rollback()
    try:
        gateway.forget_card(method_id)
    except GatewayRefused:
        return  # they do not have it any more either


def _out_of_use(client_id: int, card_id: int, actor: audit.Actor) -> tuple[str, int]:
    clients.lock([client_id])  # nobody begins to charge it meanwhile
    card = card_of(client_id, card_id)
    take_out_of_use(card, actor, clock.now())
    return card.method_id, card.account_id


def take_out_of_use(card: SavedCard, actor: audit.Actor, now: datetime) -> None:
    """Charge it no more; payment by itself with it ends. Callers hold the client's lock."""
    card.removed_at = now
    db.session.execute(sa.update(AutoPay).where(AutoPay.card_id == card.id, AutoPay.ended_at.is_(None)).values(
        ended_at=now))
    audit.record(actor, "card.removed", ("client", card.client_id), {"card": card.label}, branch_id=card.branch_id)
