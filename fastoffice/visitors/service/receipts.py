"""Who of a client opened the link of a legal notice and said that they read it: a receipt each, given once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from fastoffice import audit, locale
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.visitors import errors
from fastoffice.visitors.models import LegalAlert, LegalNotice
from fastoffice.visitors.service import tokens
from fastoffice.visitors.service.holding import hold

LINK_LIVES = timedelta(days=90)  # the portal shows it for good


@dataclass(frozen=True, slots=True)
class Behind:
    """What a link leads to; `alert` is None for the one link that a notice had before each reader had their own."""

    notice: LegalNotice
    alert: LegalAlert | None

    @property
    def read_at(self) -> datetime | None:
        return self.alert.read_at if self.alert else self.notice.read_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who says that they read it: `said_by` was typed, `origin` is the network address, `text` what they confirmed."""

    channel: str
    address: str
    said_by: str
    origin: str
    text: str


def behind(token: str, now: datetime) -> Behind:
    """What a link leads to; looking is not reading. Raises LinkOver, also for one that is too old."""
    key = tokens.hash_of(token)
    alert = db.session.scalar(sa.select(LegalAlert).where(LegalAlert.token_hash == key).options(
        joinedload(LegalAlert.notice).joinedload(LegalNotice.client)))
    if alert is not None:
        if alert.expires_at is None or alert.expires_at <= now:
            raise errors.LinkOver
        return Behind(alert.notice, alert)
    found = db.session.scalar(sa.select(LegalNotice).where(LegalNotice.token_hash == key))
    if found is None or found.received_at + LINK_LIVES <= now:
        raise errors.LinkOver
    return Behind(found, None)


def statement(notice: LegalNotice, zone: str) -> str:
    """What a reader confirms, in the words that the page shows and the receipt keeps."""
    return _("I have read document %(number)s of %(authority)s for %(client)s, delivered on %(moment)s.",
             number=notice.document_number, authority=notice.authority, client=notice.client.legal_name,
             moment=locale.moment_local(notice.received_at, zone))


def acknowledge(notice: LegalNotice, reading: Reading, actor: audit.Actor, now: datetime) -> None:
    """Somebody of the client says that they read it: a receipt each, the first of them is the notice's.

    `actor` is the link or the account; the name that was typed is no more than what was typed.
    """
    notice = hold(notice)
    alert = _alert_of(notice, reading, now)
    if alert.read_at is None:
        alert.read_at, alert.read_by = now, clean_text(reading.said_by)[:120]
        alert.read_from, alert.read_text = reading.origin[:64], reading.text
        audit.record(actor, "legal_notice.read", ("client", notice.client_id), {
            "notice": notice.id, "channel": alert.channel, "name": alert.read_by}, branch_id=notice.branch_id)
    if notice.read_at is None:
        notice.read_at, notice.read_by, notice.read_from = alert.read_at, alert.read_by, alert.read_from


def alerts_of(notice_id: int) -> list[LegalAlert]:
    """Who was alerted and who read it, in order."""
    return list(db.session.scalars(
        sa.select(LegalAlert).where(LegalAlert.notice_id == notice_id).order_by(LegalAlert.id)))


def _alert_of(notice: LegalNotice, reading: Reading, now: datetime) -> LegalAlert:
    query = sa.select(LegalAlert).where(LegalAlert.notice_id == notice.id, LegalAlert.channel == reading.channel,
                                        LegalAlert.address == reading.address[:254])
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        found = LegalAlert(branch_id=notice.branch_id, notice_id=notice.id, channel=reading.channel,
                           address=reading.address[:254], created_at=now)
        db.session.add(found)
    return found
