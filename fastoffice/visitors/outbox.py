"""What the outbox asks as it speaks of visits: who came, the link that answers, and whether it is still worth saying.

Neither a visitor's name nor a secret is stored with a message that is owed.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app

from fastoffice import bulk, clock
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice
from fastoffice.visitors.models import HostCall, Invitation, LegalAlert, LegalNotice, Visit
from fastoffice.visitors.service import inviting, legal, telling, tokens

_CALLS = sa.select(
    Notice.id, Notice.kind, HostCall.nonce, HostCall.expires_at, Visit.visitor_name, Visit.company, Visit.state,
    Visit.left_at, Visit.answered_at,
).join(HostCall, HostCall.id == Notice.subject_id).join(Visit, Visit.id == HostCall.visit_id)
_INVITED = sa.select(
    Notice.id, Invitation.nonce, Invitation.visitor_name, Invitation.state, Invitation.ends_at, Invitation.purpose,
).join(Invitation, Invitation.id == Notice.subject_id)
_ALERTED = sa.select(Notice.id, LegalAlert.nonce).join(LegalAlert, LegalAlert.id == Notice.subject_id).where(
    Notice.subject_type == "legal_alert")
_NOTED = sa.select(Notice.id, LegalNotice.nonce).join(LegalNotice, LegalNotice.id == Notice.subject_id).where(
    Notice.subject_type == "legal_notice")  # before each reader had a link of their own


def calls(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """Of a host's messages: the visitor and the link."""
    return {row.id: {"visitor_name": row.visitor_name or "—", "visitor_company": row.company,
                     "answer_link": f"{_base()}/visits/answer/{tokens.token_of('host-call', row.nonce)}"}
            for row in bulk.rows_in(_CALLS, Notice.id, notice_ids)}


def calls_wait(notice_ids: list[int]) -> set[int]:
    """Nobody is told of a visitor who has left; the second contact not of one whom the first answered."""
    now = clock.now()
    return {row.id for row in bulk.rows_in(_CALLS, Notice.id, notice_ids)
            if row.left_at is None and row.expires_at > now
            and (row.kind == telling.ARRIVED or row.answered_at is None)}


def invitations(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """Of an invitation: the guest, the code and the page with the QR."""
    return {row.id: {"contact_name": row.visitor_name or "—", "visit_purpose": row.purpose,
                     "visit_code": tokens.spoken(tokens.code_of("invitation-code", row.nonce)),
                     "visit_link": f"{_base()}/visits/invitation/{tokens.token_of('invitation', row.nonce)}"}
            for row in bulk.rows_in(_INVITED, Notice.id, notice_ids)}


def still_expected(notice_ids: list[int]) -> set[int]:
    """An invitation that was cancelled before its mail could go is not sent."""
    now = clock.now()
    return {row.id for row in _invited(notice_ids) if row.state != "cancelled" and row.ends_at > now}


def still_cancelled(notice_ids: list[int]) -> set[int]:
    """Nobody hears of a cancellation after the day itself."""
    now = clock.now()
    return {row.id for row in _invited(notice_ids) if row.state == "cancelled" and row.ends_at > now}


def notices(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """Of a legal notice: the reader's own page, which shows it and asks to say that it was read."""
    rows = bulk.rows_in(_ALERTED, Notice.id, notice_ids) + bulk.rows_in(_NOTED, Notice.id, notice_ids)
    return {row.id: {"notice_link": f"{_base()}/visits/notice/{tokens.token_of('legal-notice', row.nonce)}"}
            for row in rows}


def _invited(notice_ids: list[int]) -> list[Any]:
    return bulk.rows_in(_INVITED, Notice.id, notice_ids)


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def register() -> None:
    """Attach the lobby's answers to its kinds of notice."""
    for kind in (telling.ARRIVED, telling.STILL_WAITING):
        registry.register(kind, still_true=calls_wait, values=calls)
    registry.register(inviting.INVITED, still_true=still_expected, values=invitations)
    registry.register(inviting.CANCELLED, still_true=still_cancelled, values=invitations)
    for kind in (legal.KIND, legal.ALERT):
        registry.register(kind, values=notices)
