"""Logging what arrives: one line each, told once per client and batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.locale import moment_local
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.rules import matching, states
from fastoffice.mailroom.service import aliases, asking, batches, finding, loading, storing


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A piece as it was typed. `client_id` is what somebody chose; without it `addressee` decides, or nobody.

    `request_key` is made by the form or the tablet: sent twice it is one piece. `photo_sha256`: see `keeping.photo`.
    """

    request_key: str
    kind: str
    addressee: str
    client_id: int | None = None
    sender: str = ""
    carrier: str = ""
    tracking: str = ""
    note: str = ""
    photo_sha256: str | None = None


def log_item(branch: Branch, entry: Entry, actor: Actor, now: datetime) -> MailItem:
    """Log a parcel, letter or courier's envelope; its client hears of it with the batch.

    Raises UnknownKind, AddresseeMissing, NoSuchClient, and AlreadyHere when this tracking number is logged and here.
    """
    known = by_key(branch.id, entry.request_key)
    if known is not None:
        return known
    if entry.kind not in states.PHYSICAL:
        raise errors.UnknownKind
    addressee, tracking = clean_text(entry.addressee)[:200], matching.tracking_key(entry.tracking)
    if not addressee and entry.client_id is None:
        raise errors.AddresseeMissing
    refuse_second(branch, tracking)
    client_id = loading.client(branch, entry.client_id).id if entry.client_id else finding.whose(branch.id, addressee)
    item = MailItem(
        branch_id=branch.id, request_key=entry.request_key[:64], kind=entry.kind, client_id=client_id,
        addressee=addressee, sender=clean_text(entry.sender)[:120], carrier=clean_text(entry.carrier)[:60],
        tracking=tracking, note=clean_text(entry.note)[:1000], photo_sha256=entry.photo_sha256, received_at=now,
        received_by=actor.name)
    db.session.add(item)
    if client_id is not None:
        _to_batch(branch, item, now)
    db.session.flush()
    audit.record(actor, "mail.logged", ("mail_item", item.id), {"kind": item.kind, "client": client_id},
                 branch_id=branch.id)
    return item


def assign(branch: Branch, item_id: int, client_id: int, actor: Actor, now: datetime, *, remember: bool = False
           ) -> MailItem:
    """Say whose it is; that client hears of it with the batch. `remember`: mail to this name is theirs from now on.

    Raises NoSuchItem, NotHere, NoSuchClient, AliasTaken.
    """
    client = loading.client(branch, client_id)
    item = loading.item_here(branch.id, item_id)
    if remember and item.addressee:
        aliases.add(branch, client, item.addressee, actor, now)
    if item.client_id == client.id:
        return item
    asking.withdraw_open(item, actor, now)
    storing.give_up(branch, item, actor, now)
    before, item.client_id, item.contact_id = item.client_id, client.id, None
    if item.state == "notified":
        item.state = "received"
    _to_batch(branch, item, now)
    audit.record(actor, "mail.assigned", ("mail_item", item.id), {"client": client.id, "before": before},
                 branch_id=branch.id)
    return item


def unassign(branch: Branch, item_id: int, actor: Actor, now: datetime) -> MailItem:
    """Put a piece that is not this client's into the unassigned tray. Raises NoSuchItem, NotHere."""
    item = loading.item_here(branch.id, item_id)
    if item.client_id is not None:
        asking.withdraw_open(item, actor, now)
        storing.give_up(branch, item, actor, now)
        audit.record(actor, "mail.unassigned", ("mail_item", item.id), {"before": item.client_id},
                     branch_id=branch.id)
        item.client_id, item.batch_id, item.remind_at, item.state = None, None, None, "received"
    return item


def undo(branch: Branch, item_id: int, actor: Actor, now: datetime) -> MailItem:
    """Take back a piece that was logged by mistake. Raises NoSuchItem, NotHere, TooLate after five minutes."""
    item = loading.item(branch.id, item_id)
    if item.state == "undone":
        return item
    if now > item.received_at + states.UNDO:
        raise errors.TooLate
    loading.item_here(branch.id, item_id)
    asking.withdraw_open(item, actor, now)
    loading.move(item, "undone")
    item.closed_at, item.closed_by, item.remind_at = now, actor.name, None
    audit.record(actor, "mail.undone", ("mail_item", item.id), {}, branch_id=branch.id)
    return item


def likely_twin(item: MailItem) -> MailItem | None:
    """One of the same client, kind and carrier that another desk logged within ten minutes: perhaps the same."""
    query = sa.select(MailItem).where(
        MailItem.branch_id == item.branch_id, MailItem.closed_at.is_(None), MailItem.id != item.id,
        MailItem.client_id == item.client_id, MailItem.addressee == item.addressee, MailItem.kind == item.kind,
        MailItem.carrier == item.carrier, MailItem.received_by != item.received_by,
        MailItem.received_at >= item.received_at - 2 * states.UNDO)
    if item.tracking:
        query = query.where(MailItem.tracking == "")
    return db.session.scalars(query.order_by(MailItem.id.desc()).limit(1)).first()


def by_key(branch_id: int, request_key: str) -> MailItem | None:
    """The piece that this form logged already."""
    return db.session.scalar(sa.select(MailItem).where(
        MailItem.branch_id == branch_id, MailItem.request_key == request_key[:64]))


def refuse_second(branch: Branch, tracking: str) -> None:
    """Raises AlreadyHere when a piece of this number is here."""
    if not tracking:
        return
    query = sa.select(MailItem).where(
        MailItem.branch_id == branch.id, MailItem.tracking == tracking, sa.text("mail_item.closed_at IS NULL"))
    found = db.session.scalars(query).first()
    if found is not None:
        raise errors.AlreadyHere(found.id, tracking, found.received_by,
                                 moment_local(found.received_at, branch.timezone))


def _to_batch(branch: Branch, item: MailItem, now: datetime) -> None:
    item.batch_id = batches.open_one(branch.id, now).id
    item.remind_at = loading.next_reminder(branch, item)
