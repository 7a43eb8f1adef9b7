"""What a client asks to be done with a piece, at the price that it saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailItem, MailPolicy, MailRequest
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import answering, loading


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """kind: forward (with `address`), scan, hold (with `until`, the last day), destroy (with `confirmed`).

    `price` is what the form showed, in minor units without tax; another one in force by now is refused.
    """

    request_key: str
    kind: str
    price: int
    address: str = ""
    until: date | None = None
    confirmed: bool = False


def ask(branch: Branch, client_id: int, item_id: int, wish: Wish, actor: Actor, now: datetime) -> MailRequest:
    """Ask for it. Keeping needs nobody's hand, so it is granted at once.

    Raises NoSuchItem (also for another client's), NotHere, UnknownKind, PriceChanged, AskedAlready, AddressMissing,
    HoldTooLong, NotConfirmed.
    """
    known = db.session.scalar(sa.select(MailRequest).where(
        MailRequest.branch_id == branch.id, MailRequest.request_key == wish.request_key[:64]))
    if known is not None:
        return known
    policy, item = loading.policy_of(branch.id), loading.item(branch.id, item_id)
    _refuse(item, client_id, wish, policy)
    request = MailRequest(
        branch_id=branch.id, request_key=wish.request_key[:64], client_id=client_id, item_id=item.id, kind=wish.kind,
        details=_details(branch, wish, policy, now), price=wish.price, currency=branch.currency, asked_at=now,
        asked_by=actor.name, item=item)
    db.session.add(request)
    db.session.flush()
    audit.record(actor, "mail.asked", ("client", client_id), {"request": request.id, "kind": wish.kind,
                                                            "item": item.id, "amount": wish.price}, branch_id=branch.id)
    if wish.kind == states.HOLD:
        answering.keep(branch, request, Actor.system(), now)
    return request


def withdraw(branch: Branch, client_id: int, request_id: int, actor: Actor, now: datetime) -> MailRequest:
    """Take a request back while nobody did it. Raises NoSuchRequest, AnsweredAlready."""
    request = loading.request(branch.id, request_id)
    if request.client_id != client_id:
        raise errors.NoSuchRequest
    request.state, request.decided_at, request.decided_by = "withdrawn", now, actor.name
    audit.record(actor, "mail.request_withdrawn", ("client", client_id), {"request": request.id}, branch_id=branch.id)
    return request


def withdraw_open(item: MailItem, actor: Actor, now: datetime) -> None:
    """What was asked of a piece that leaves, or is somebody else's, is not done any more; it costs nothing."""
    query = sa.select(MailRequest).where(MailRequest.item_id == item.id, sa.text("mail_request.state = 'asked'"))
    for each in db.session.scalars(query):
        each.state, each.decided_at, each.decided_by = "withdrawn", now, actor.name


def _refuse(item: MailItem, client_id: int, wish: Wish, policy: MailPolicy) -> None:
    if item.client_id != client_id or item.kind not in states.PHYSICAL:
        raise errors.NoSuchItem
    if not item.is_here:
        raise errors.NotHere
    if wish.kind not in states.REQUESTS:
        raise errors.UnknownKind
    if wish.price != policy.price_of(wish.kind):
        raise errors.PriceChanged
    open_one = sa.select(MailRequest.id).where(
        MailRequest.item_id == item.id, sa.text("mail_request.state = 'asked'"))
    if db.session.scalar(open_one) is not None:
        raise errors.AskedAlready


def _details(branch: Branch, wish: Wish, policy: MailPolicy, now: datetime) -> dict[str, str]:
    today = clock.local_date(now, branch.timezone)
    if wish.kind == states.FORWARD:
        address = clean_text(wish.address)[:300]
        if len(address) < 10:
            raise errors.AddressMissing
        return {"address": address}
    if wish.kind == states.HOLD:
        if wish.until is None or not today < wish.until <= today + timedelta(days=policy.hold_days):
            raise errors.HoldTooLong(policy.hold_days)
        return {"until": wish.until.isoformat()}
    if wish.kind == states.DESTROY and not wish.confirmed:
        raise errors.NotConfirmed
    return {}
