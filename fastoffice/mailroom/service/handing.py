"""Handing mail over: to whom the client named, with a signature or a PIN; five minutes to take a slip back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailHandover, MailItem, MailRequest, Nominee
from fastoffice.mailroom.rules import matching, states
from fastoffice.mailroom.service import asking, entering, loading, nominees, storing, telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Who takes it and how that is proved: a PIN of a nominee, or a drawn signature (see keeping.signature).

    `authorised_by`: who of the client allowed somebody that it has not named.
    """

    request_key: str
    nominee_id: int | None = None
    taken_by: str = ""
    pin: str = ""
    signature_sha256: str | None = None
    authorised_by: str = ""


def hand_over(branch: Branch, client_id: int, item_ids: Sequence[int], taking: Taking, actor: Actor, now: datetime
              ) -> MailHandover:
    """Hand pieces of a client over. Storage is charged; the client is told of a person that it had not named.

    Raises NothingChosen, NoSuchItem, NotHere, TakerMissing, NotNamed, ProofMissing, WrongPin, PinLocked.
    """
    known = by_key(branch.id, taking.request_key)
    if known is not None:
        return known
    if not item_ids:
        raise errors.NothingChosen
    client = loading.client(branch, client_id)
    items = loading.items(branch.id, item_ids)
    if any(not each.is_here or each.client_id != client.id for each in items):
        raise errors.NotHere
    handover = _handover(branch, client.id, items, taking, actor, now)
    db.session.add(handover)
    db.session.flush()
    for each in items:
        _give(branch, each, handover, actor, now)
    if not handover.is_named:
        telling.taken(branch, handover, items)
    audit.record(actor, "mail.handed_over", ("client", client.id), {
        "handover": handover.id, "items": [each.id for each in items], "taken_by": handover.taken_by,
        "authorised_by": handover.authorised_by, "proof": handover.proof}, branch_id=branch.id)
    return handover


def undo(branch: Branch, handover_id: int, actor: Actor, now: datetime) -> MailHandover:
    """Take a hand-over back: everything is here again and its storage is not charged.

    Raises NoSuchItem for another branch's, TooLate after five minutes, AlreadyHere when its number came again.
    """
    query = sa.select(MailHandover).where(MailHandover.id == handover_id, MailHandover.branch_id == branch.id)
    handover = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if handover is None:
        raise errors.NoSuchItem
    if handover.undone_at is not None:
        return handover
    if now > handover.undo_until:
        raise errors.TooLate
    before = {each["id"]: each["state"] for each in handover.items}
    for item in loading.items(branch.id, list(before)):
        item.handover_id = None
        reopen(branch, item, before[item.id], f"h{handover.id}", actor, now)
    handover.undone_at, handover.undone_by = now, actor.name
    audit.record(actor, "mail.handover_undone", ("client", handover.client_id), {"handover": handover.id},
                 branch_id=branch.id)
    return handover


def return_to_sender(branch: Branch, item_id: int, reason: str, actor: Actor, now: datetime) -> MailItem:
    """Give a piece back to its carrier. Raises NoSuchItem, NotHere, ReasonMissing."""
    why = clean_text(reason)[:200]
    if not why:
        raise errors.ReasonMissing
    item = loading.item_here(branch.id, item_id)
    _close(branch, item, "returned", _part(now), actor, now)
    audit.record(actor, "mail.returned", ("mail_item", item.id), {"reason": why}, branch_id=branch.id)
    return item


def undo_return(branch: Branch, item_id: int, actor: Actor, now: datetime) -> MailItem:
    """It is here after all. Raises NoSuchItem, NotHere, TooLate after five minutes."""
    item = loading.item(branch.id, item_id)
    if item.is_here:
        return item
    if item.state != "returned" or item.closed_at is None:
        raise errors.NotHere
    if now > item.closed_at + states.UNDO:
        raise errors.TooLate
    reopen(branch, item, item.state_before, _part(item.closed_at), actor, now)
    audit.record(actor, "mail.return_undone", ("mail_item", item.id), {}, branch_id=branch.id)
    return item


def by_key(branch_id: int, request_key: str) -> MailHandover | None:
    """The hand-over that this form made already."""
    return db.session.scalar(sa.select(MailHandover).where(
        MailHandover.branch_id == branch_id, MailHandover.request_key == request_key[:64]))


def _handover(branch: Branch, client_id: int, items: Sequence[MailItem], taking: Taking, actor: Actor, now: datetime
              ) -> MailHandover:
    nominee = nominees.of_client(client_id, taking.nominee_id) if taking.nominee_id else None
    taken_by = nominee.name if nominee else clean_text(taking.taken_by)[:120]
    if not taken_by:
        raise errors.TakerMissing
    is_named = nominee is not None or matching.is_named(taken_by, named(client_id))
    authorised_by = "" if is_named else clean_text(taking.authorised_by)[:120]
    if not is_named and not authorised_by:
        raise errors.NotNamed(taken_by)
    return MailHandover(
        branch_id=branch.id, request_key=taking.request_key[:64], client_id=client_id,
        nominee_id=nominee.id if nominee else None, taken_by=taken_by, is_named=is_named, authorised_by=authorised_by,
        proof=_proof(nominee, taking, now), signature_sha256=taking.signature_sha256,
        items=[{"id": each.id, "state": each.state} for each in items], handed_at=now, handed_by=actor.name,
        undo_until=now + states.UNDO)


def _proof(nominee: Nominee | None, taking: Taking, now: datetime) -> str:
    if taking.pin and nominee is not None:
        nominees.check_pin(nominee, taking.pin, now)
        return "pin"
    if taking.signature_sha256:
        return "signature"
    raise errors.ProofMissing


def named(client_id: int) -> list[str]:
    """The people who may collect: those the client named, and those of its file."""
    people = [each.name for each in clients.contacts_of([client_id]).get(client_id, []) if each.name]
    return [each.name for each in nominees.in_force(client_id)] + people


def _give(branch: Branch, item: MailItem, handover: MailHandover, actor: Actor, now: datetime) -> None:
    item.handover_id = handover.id
    _close(branch, item, "handed_over", f"h{handover.id}", actor, now)


def _close(branch: Branch, item: MailItem, state: str, part: str, actor: Actor, now: datetime) -> None:
    loading.move(item, state)
    item.closed_at, item.closed_by = now, actor.name
    asking.withdraw_open(item, actor, now)
    storing.charge(branch, item, clock.local_date(now, branch.timezone), part, actor, now)


def reopen(branch: Branch, item: MailItem, state: str, part: str, actor: Actor, now: datetime) -> None:
    """It is here again, with what was asked of it, and its storage is not charged."""
    entering.refuse_second(branch, item.tracking)
    query = sa.select(MailRequest).where(
        MailRequest.item_id == item.id, MailRequest.state == "withdrawn", MailRequest.decided_at == item.closed_at)
    for each in db.session.scalars(query):
        each.state, each.decided_at, each.decided_by = "asked", None, None
    loading.move(item, state)
    item.closed_at, item.closed_by = None, None
    storing.take_back(item, part, actor, now)


def _part(moment: datetime) -> str:
    """How the storage of a piece that was returned at this moment is named."""
    return f"x{int(moment.timestamp())}"
