"""Owing notices, in the unit of work of their cause: one bulk insert of notices, one of deliveries."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from fastoffice import bulk, clock, work_queue
from fastoffice.documents import service as documents
from fastoffice.documents.service import DocumentSpec
from fastoffice.extensions import db
from fastoffice.notifications import addresses
from fastoffice.notifications.kinds import CHANNELS, EMAIL, POST, WHATSAPP
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.notifications.reasons import reason
from fastoffice.upsert import insert_new

COVER = "cover"  # the sheet on top of a posted notice: a document whose subject is ("notice", id)
Key = tuple[str, int, str, str]  # what makes a notice unique: subject type, subject id, kind, occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSpec:
    """A notice that is owed: one per (subject, kind, occasion).

    `context` are placeholder values as text in the reader's `language` (notifications.kinds.PLACEHOLDERS);
    "branch_name" signs the mail and "branch_email", where given, receives the answers. `documents` are keys
    (subject type, subject id, kind) of files to go with it; it waits until all are ready. `channels` in any
    combination; none means e-mail. `address` are the lines under the name in a window envelope.
    """

    branch_id: int
    kind: str
    subject: tuple[str, int]
    occasion: str = ""
    party_id: int | None = None
    party_name: str = ""
    language: str = "es"
    context: Mapping[str, str] = field(default_factory=dict)
    documents: Sequence[tuple[str, int, str]] = ()
    channels: Sequence[str] = (EMAIL,)
    emails: Sequence[str] = ()
    phone: str = ""
    region: str = "MX"
    address: Sequence[str] = ()

    @property
    def key(self) -> Key:
        return (*self.subject, self.kind, self.occasion)


def owe_notice(spec: NoticeSpec) -> int:
    """Owe one notice; owed twice is owed once. 1 when it is new, 0 when it was owed already."""
    return owe_notices([spec])


def owe_notices(specs: Sequence[NoticeSpec]) -> int:
    """Owe many; the answer is how many are new. The unique constraint decides, senders are told after commit."""
    if not specs:
        return 0
    moment = clock.now()
    new = _insert_notices(specs, moment)
    host = urlsplit(current_app.config["SETTINGS"].base_url).hostname or "localhost"
    deliveries, covers = [], []
    for spec in {spec.key: spec for spec in specs if spec.key in new}.values():
        for channel in dict.fromkeys(spec.channels or (EMAIL,)):
            deliveries.append(_delivery_row(spec, channel, new[spec.key], moment, host))
            if channel == POST:
                covers.append(DocumentSpec(spec.branch_id, "notice", new[spec.key], COVER, "cover.pdf"))
    if deliveries:
        db.session.execute(sa.insert(bulk.table_of(Delivery)), deliveries)
    documents.owe_documents(covers)
    work_queue.ring("fastoffice.notifications.jobs.send_due")
    return len(new)


def _insert_notices(specs: Sequence[NoticeSpec], moment: datetime) -> dict[Key, int]:
    """Ids of those that were not there, by key."""
    table = bulk.table_of(Notice)
    rows = insert_new(table, [_notice_row(spec, moment) for spec in specs],
                      table.c.subject_type, table.c.subject_id, table.c.kind, table.c.occasion)
    return {(row.subject_type, row.subject_id, row.kind, row.occasion): row.id for row in rows}


def _notice_row(spec: NoticeSpec, moment: datetime) -> dict[str, Any]:
    context = {name: str(value) for name, value in spec.context.items()}
    searched = (spec.party_name, context.get("client_name", ""), context.get("invoice_number", ""),
                context.get("old_number", ""), context.get("receipt_number", ""))
    return {
        "branch_id": spec.branch_id, "kind": spec.kind, "subject_type": spec.subject[0],
        "subject_id": spec.subject[1], "occasion": spec.occasion, "party_id": spec.party_id,
        "party_name": spec.party_name[:200], "language": spec.language, "context": context,
        "documents": [list(key) for key in spec.documents], "search_text": searchable(*searched),
        "created_at": moment,
    }


def searchable(*texts: str) -> str:
    """Texts as they are searched: lower case, without accents, at most 300 characters."""
    plain = unicodedata.normalize("NFKD", " ".join(dict.fromkeys(filter(None, texts)))).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char))[:300]


def _delivery_row(spec: NoticeSpec, channel: str, notice_id: int, moment: datetime, host: str) -> dict[str, Any]:
    recipients, refused, error = _reach(spec, channel)
    return {
        "branch_id": spec.branch_id, "notice_id": notice_id, "channel": channel,
        "state": "failed" if error else "queued", "recipients": recipients, "accepted": [], "refused": refused,
        "message_id": f"<{secrets.token_hex(16)}@{host}>", "attempts": 0, "next_attempt_at": moment, "fence": 0,
        "error": error,
    }


def _reach(spec: NoticeSpec, channel: str) -> tuple[list[str], dict[str, str], str]:
    """(recipients, addresses that cannot be used, why it fails at once or "")."""
    if channel == EMAIL:
        usable, unusable = addresses.mail_addresses(spec.emails)
        refused = {address: reason("bad_address") for address in unusable}
        error = "" if usable else reason("bad_address", ", ".join(unusable)) if unusable else reason("no_address")
        return usable, refused, error
    if channel == WHATSAPP:
        number = addresses.whatsapp_number(spec.phone, spec.region)
        return ([number], {}, "") if number else ([], {}, reason("no_phone", spec.phone))
    if channel == POST:
        return [line for line in spec.address if line.strip()], {}, ""
    raise ValueError(f"{channel} is not one of {', '.join(CHANNELS)}")
