"""What a person does with a delivery: send it again, say that it was mailed or messaged, withdraw it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit, clock, work_queue
from fastoffice.audit import Actor
from fastoffice.errors import Conflict, Refusal
from fastoffice.extensions import db
from fastoffice.notifications import addresses
from fastoffice.notifications.kinds import EMAIL, POST, WHATSAPP
from fastoffice.notifications.models import Delivery, DeliveryAttempt
from fastoffice.notifications.reasons import reason

# state -> what a person may turn it into
ALLOWED: dict[str, frozenset[str]] = {
    "queued": frozenset({"queued", "sent", "cancelled"}),
    "failed": frozenset({"queued", "sent", "cancelled"}),
    "bounced": frozenset({"queued", "cancelled"}),
    "sent": frozenset({"queued"}),
    "cancelled": frozenset({"queued"}),
    "sending": frozenset(),
}


def _turn(delivery: Delivery, state: str) -> None:
    if state not in ALLOWED[delivery.state]:
        raise Conflict(_l("This message is being sent right now; try again in a moment.")
                       if delivery.state == "sending" else _l("This message can no longer be changed that way."))
    delivery.state = state


def send_again(
    delivery: Delivery, actor: Actor, emails: Sequence[str] | None = None, *, seen: int | None = None
) -> None:
    """Queue it once more, at once, with the Message-ID it has; `emails` replaces the addresses of a mail.

    `seen` are the attempts that there were when the person looked. Raises Refusal when no usable address is
    left, Conflict while it is being sent and where it was tried after they looked: two presses are one mail.
    """
    if seen is not None and seen != delivery.attempts:
        raise Conflict(_l("It was tried again meanwhile: see what became of it before you send it once more."))
    if delivery.channel == EMAIL:
        _address(delivery, delivery.recipients if emails is None else emails)
    _turn(delivery, "queued")
    delivery.error, delivery.accepted, delivery.refused = "", [], {}
    delivery.first_attempt_at = delivery.sent_at = delivery.sent_by = None
    delivery.next_attempt_at = clock.now()
    delivery.fence += 1
    _note(delivery, actor, "outbox.send_again", recipients=len(delivery.recipients))
    work_queue.ring("fastoffice.notifications.jobs.send_due")


def _address(delivery: Delivery, emails: Sequence[str]) -> None:
    usable, unusable = addresses.mail_addresses(emails)
    if unusable or not usable:
        raise Refusal(_l("Write at least one e-mail address that can be used."), field="emails",
                      unusable=unusable)
    if usable != delivery.recipients:
        db.session.add(DeliveryAttempt(
            branch_id=delivery.branch_id, delivery_id=delivery.id, number=delivery.attempts, at=clock.now(),
            outcome="readdressed", detail=", ".join(delivery.recipients)[:500], sha256=delivery.frozen_sha256))
        delivery.recipients, delivery.frozen_sha256 = usable, None


def mark_mailed(branch_id: int, delivery_ids: Sequence[int], actor: Actor) -> int:
    """A person says that these envelopes went to the post; the answer is how many were waiting."""
    query = sa.select(Delivery).where(
        Delivery.branch_id == branch_id, Delivery.channel == POST, Delivery.state == "queued",
        Delivery.id.in_(list(delivery_ids)),
    )
    waiting = list(db.session.scalars(query.with_for_update()))
    for delivery in waiting:
        _sent_by_hand(delivery, actor, "outbox.mailed")
    return len(waiting)


def mark_whatsapp_sent(delivery: Delivery, actor: Actor) -> None:
    """A person says that they sent the prepared message. Raises Refusal for another channel."""
    if delivery.channel != WHATSAPP:
        raise Refusal(_l("Only WhatsApp messages are marked as sent by hand."))
    if delivery.state == "sent":
        return
    _sent_by_hand(delivery, actor, "outbox.whatsapp_sent")


def _sent_by_hand(delivery: Delivery, actor: Actor, action: str) -> None:
    _turn(delivery, "sent")
    delivery.sent_at, delivery.sent_by, delivery.error = clock.now(), actor.name, ""
    delivery.attempts += 1
    _note(delivery, actor, action)


def withdraw(delivery: Delivery, actor: Actor) -> None:
    """Don't send it. Raises Conflict while it is being sent or once it was."""
    _turn(delivery, "cancelled")
    delivery.error = reason("withdrawn", actor.name)
    delivery.fence += 1
    _note(delivery, actor, "outbox.withdrawn")


def _note(delivery: Delivery, actor: Actor, action: str, **data: int) -> None:
    audit.record(actor, action, ("delivery", delivery.id), {"channel": delivery.channel, **data},
                 branch_id=delivery.branch_id)
