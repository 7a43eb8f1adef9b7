"""From the button to the processor's page, in units of its own."""

from __future__ import annotations

from collections.abc import Sequence

from fastoffice import audit, clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import PayAttempt
from fastoffice.payments.service.online import attempts, cards, charging, opening, syncing

TRIES = 3


def begin(branch_id: int, client_id: int, invoice_ids: Sequence[int], method: str, actor: audit.Actor,
          back_to: str, *, save_card: bool = False) -> str:
    """The address to send the client to. What is open for these documents by other means is closed first.

    Raises what `attempts.start` and `opening.open_session` raise.
    """
    for place in range(TRIES):
        now = clock.now()
        found = transaction.run(_start, branch_id, client_id, invoice_ids, method, actor, back_to, save_card)
        if found.attempt_id is not None:
            try:
                return opening.open_session(found.attempt_id)
            except GatewayRefused as refusal:
                if found.is_new and (refusal.code != GatewayRefused.UNKNOWN or place):
                    raise
                continue  # never answered a while ago, or made for a customer that they don't know: a new one is made
        for attempt_id in found.in_the_way:
            syncing.close(attempt_id, now)
    raise errors.StillUnderWay


def _start(branch_id: int, client_id: int, invoice_ids: Sequence[int], method: str, actor: audit.Actor,
           back_to: str, save_card: bool) -> attempts.Start:
    branch = db.session.get_one(Branch, branch_id)
    return attempts.start(branch, client_id, invoice_ids, method, actor, clock.now(), back_to=back_to,
                          save_card=save_card)


def touch(branch_id: int, client_id: int, invoice_ids: Sequence[int], card_id: int, actor: audit.Actor,
          back_to: str) -> str:
    """Pay with a kept card; the attempt's key.

    Raises what `attempts.start` raises, NoSuchCard, CardDeclined, GatewayRefused.
    """
    for _try in range(TRIES):
        found = transaction.run(_start_charge, branch_id, client_id, invoice_ids, card_id, actor, back_to)
        if found.attempt_id is not None:
            state = _charged(found.attempt_id)
            attempt = db.session.get_one(PayAttempt, found.attempt_id, populate_existing=True)
            if state == "failed":
                raise errors.CardDeclined(bank_asks=attempt.error in charging.BANK_ASKS)
            return attempt.key
        for attempt_id in found.in_the_way:
            syncing.close(attempt_id, clock.now())
    raise errors.StillUnderWay


def _charged(attempt_id: int) -> str:
    try:
        return charging.charge(attempt_id)
    except GatewayAway:
        return "created"  # nobody knows yet whether it went through: the page says so, and it is looked after


def _start_charge(branch_id: int, client_id: int, invoice_ids: Sequence[int], card_id: int, actor: audit.Actor,
                  back_to: str) -> attempts.Start:
    clients.lock([client_id])  # before the card is read: one that is taken away meanwhile is not charged
    card = cards.card_of(client_id, card_id)
    return attempts.start(db.session.get_one(Branch, branch_id), client_id, invoice_ids, "card", actor, clock.now(),
                          back_to=back_to, kind="saved", card_id=card.id)
