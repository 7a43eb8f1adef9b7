"""What the outbox asks as it speaks of mail: whether any of it is still here."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.mailroom.models import MailHandover, MailItem, MailRequest
from fastoffice.mailroom.service import telling
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice

_NOTICES = sa.select(Notice.id, Notice.subject_id, Notice.party_id)
_HERE = sa.text("mail_item.closed_at IS NULL")


def arrivals_hold(notice_ids: list[int]) -> set[int]:
    """Of a batch something of this client is still to be collected."""
    rows = bulk.rows_in(_NOTICES, Notice.id, notice_ids)
    query = sa.select(MailItem.batch_id, MailItem.client_id).where(_HERE)
    here = {(row.batch_id, row.client_id)
            for row in bulk.rows_in(query, MailItem.batch_id, [row.subject_id for row in rows])}
    return {row.id for row in rows if (row.subject_id, row.party_id) in here}


def reminders_hold(notice_ids: list[int]) -> set[int]:
    """Something of the client lies here."""
    rows = bulk.rows_in(_NOTICES, Notice.id, notice_ids)
    query = sa.select(MailItem.client_id).where(_HERE).distinct()
    here = {row.client_id for row in bulk.rows_in(query, MailItem.client_id, [row.subject_id for row in rows])}
    return {row.id for row in rows if row.subject_id in here}


def takings_hold(notice_ids: list[int]) -> set[int]:
    """The hand-over was not taken back."""
    query = sa.select(Notice.id).join(MailHandover, MailHandover.id == Notice.subject_id).where(
        MailHandover.undone_at.is_(None))
    return {row.id for row in bulk.rows_in(query, Notice.id, notice_ids)}


def answers_hold(notice_ids: list[int]) -> set[int]:
    """What was done of the request was not taken back; what an earlier version owed had no occasion."""
    query = sa.select(Notice.id, Notice.occasion, MailRequest.decided_at).join(
        MailRequest, MailRequest.id == Notice.subject_id)
    return {row.id for row in bulk.rows_in(query, Notice.id, notice_ids)
            if row.decided_at and row.occasion in ("", telling.decision(row.decided_at))}


def calls(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """Who called, and what they said."""
    query = sa.select(Notice.id, MailItem.sender, MailItem.phone, MailItem.note).join(
        MailItem, MailItem.id == Notice.subject_id)
    return {row.id: {"caller": row.sender, "caller_phone": row.phone, "call_message": row.note}
            for row in bulk.rows_in(query, Notice.id, notice_ids)}


def register() -> None:
    """Attach the mail room's answers to its kinds of notice."""
    registry.register(telling.ARRIVED, still_true=arrivals_hold)
    registry.register(telling.REMINDER, still_true=reminders_hold)
    registry.register(telling.TAKEN, still_true=takings_hold)
    registry.register(telling.ANSWERED, still_true=answers_hold)
    registry.register(telling.CALL, values=calls)
