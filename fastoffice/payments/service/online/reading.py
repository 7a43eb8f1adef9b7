"""Reading the events that were kept: each only says where to look, and the thing itself is asked how it stands.

What a portion of events tells of one attempt is asked once, and the money of all of them is booked together; refunds
and disputes are looked at afterwards, when the payment that they are about is booked.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from fastoffice import bulk, transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import PayAttempt, ProviderEvent
from fastoffice.payments.service.online import (
    differences,
    disputes,
    outcomes,
    refunding,
    syncing,
    taking,
    transfers,
)
from fastoffice.payments.service.online.events import name_in

log = logging.getLogger(__name__)
MOST_TRIES = 12
UNREAD = sa.text("provider_event.state = 'new'")  # the index's words
DUE = taking.Due(ProviderEvent, UNREAD, ProviderEvent.next_attempt_at, ProviderEvent.attempts,
                 longest_wait=timedelta(hours=2), order=ProviderEvent.id)
OURS = ("checkout.session.", "payment_intent.", "charge.", "refund.", "cash_balance.")
DISPUTE, REFUND = "charge.dispute.", ("refund.", "charge.refund.")
CASH = "cash_balance.funds_available"
Answer = tuple[str, str]  # the event's state, new when it has to be tried again; why
Work = Callable[[], object]


def count_due(now: datetime) -> int:
    """How many wait to be read."""
    return taking.count(DUE, now)


def read_all(now: datetime) -> int:
    """Read what is due; how many. One that can't be read is tried again and in the end shown to a person."""
    return sum(_read(portion, now) for portion in taking.portions(DUE, now))


def _read(portion: Sequence[taking.Taken], now: datetime) -> int:
    about, others = _sorted_out([taken.id for taken in portion], now)
    news = _bring_up_to_date(set(about.values()), now)
    answers: dict[int, Answer] = {taken.id: ("ignored", "") for taken in portion}
    answers |= {event_id: news[attempt_id] for event_id, attempt_id in about.items()}
    answers |= {event_id: _answer(work) for event_id, work in others.items()}
    transaction.run(_note, answers, {taken.id: taken.tries for taken in portion})
    return sum(state != "new" for state, _error in answers.values())


def _sorted_out(ids: Sequence[int], now: datetime) -> tuple[dict[int, int], dict[int, Work]]:
    """What to look at, by event: one of our attempts, or a refund or a dispute. What is nothing of ours is left out."""
    about: dict[int, int] = {}
    others: dict[int, Work] = {}
    for event in db.session.scalars(sa.select(ProviderEvent).where(ProviderEvent.id.in_(ids)).order_by(
            ProviderEvent.id)):
        if event.type.startswith(DISPUTE):
            others[event.id] = partial(disputes.sync, event.account_id, event.object_id, now)
        elif event.type.startswith(REFUND):
            others[event.id] = partial(refunding.look_at, event.account_id, event.object_id, now)
        elif event.type.startswith(OURS) and (attempt_id := _attempt_of(event)) is not None:
            about[event.id] = attempt_id
    db.session.rollback()
    return about, others


def _bring_up_to_date(attempt_ids: Iterable[int], now: datetime) -> dict[int, Answer]:
    found: list[outcomes.Outcome] = []

    def ask(attempt_id: int) -> None:
        found.append(syncing.ask(attempt_id, now))

    answers = {attempt_id: _answer(partial(ask, attempt_id)) for attempt_id in sorted(attempt_ids)}
    return answers | {attempt_id: ("new", error) for attempt_id, error in outcomes.write_all(found, now).items()}


def _answer(work: Work) -> Answer:
    try:
        work()
    except GatewayAway as away:
        return "new", away.detail
    except GatewayRefused as refused:
        return "failed", refused.code
    except Exception as error:  # one event's fault must not silence the others
        log.exception("an event could not be read")
        return "new", type(error).__name__
    return "done", ""


def _attempt_of(event: ProviderEvent) -> int | None:
    """Our attempt behind an event: whose customer's transfer it is, or by our key, the page, or the payment named."""
    thing = json.loads(event.body)["data"]["object"]
    if event.type == CASH:
        return transfers.attempt_of(event.account_id, name_in(thing.get("customer")))
    told = thing["metadata"] if isinstance(thing.get("metadata"), dict) else {}
    key = name_in(thing.get("client_reference_id")) or name_in(told.get("attempt"))
    intent = name_in(thing.get("payment_intent")) or event.object_id
    query = sa.select(PayAttempt.id).where(PayAttempt.account_id == event.account_id, sa.or_(
        PayAttempt.key == key, PayAttempt.session_id == event.object_id, PayAttempt.intent_id == intent))
    return db.session.scalar(query.limit(1))


def _note(answers: Mapping[int, Answer], tries: Mapping[int, int]) -> None:
    rows = [{"id": event_id, "state": "failed" if state == "new" and tries[event_id] >= MOST_TRIES else state,
             "error": error[:200]} for event_id, (state, error) in answers.items()]
    bulk.update(ProviderEvent, rows)
    for row in rows:
        if row["state"] == "failed":
            log.warning("event %s could not be read: %s", row["id"], row["error"])
            _show(db.session.get_one(ProviderEvent, row["id"]))


def _show(event: ProviderEvent) -> None:
    """A person has to look at it."""
    branch = db.session.get_one(Branch, event.branch_id)
    differences.note(event.account_id, event.branch_id, "unread_event", event.event_id, 0, branch.currency,
                     event.received_at)
