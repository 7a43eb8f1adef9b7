"""What clients are told of their mail and calls: by mail, by WhatsApp as they like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale

from fastoffice import bulk, locale
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.mailroom import names
from fastoffice.mailroom.models import MailHandover, MailItem, MailRequest, MailSheet
from fastoffice.notifications.kinds import EMAIL, WHATSAPP
from fastoffice.notifications.service import NoticeSpec, owe_notice, owe_notices

ARRIVED, REMINDER, TAKEN, ANSWERED, CALL = (
    "mail_arrived", "mail_reminder", "mail_taken", "mail_request", "call_message")


@dataclass(frozen=True, slots=True)
class Reader:
    """A client that is written to: its people and the channels it chose."""

    branch: Branch
    client_id: int
    name: str
    language: str
    channels: tuple[str, ...]
    contact_name: str
    emails: tuple[str, ...]
    phone: str

    def notice(self, kind: str, subject: tuple[str, int], context: Mapping[str, str], occasion: str = "") -> NoticeSpec:
        """A message of this kind to them."""
        branch = self.branch
        base = current_app.config["SETTINGS"].base_url
        return NoticeSpec(
            branch_id=branch.id, kind=kind, subject=subject, occasion=occasion, party_id=self.client_id,
            party_name=self.name, language=self.language, channels=self.channels, emails=self.emails,
            phone=self.phone, region=branch.country,
            context={"client_name": self.name, "contact_name": self.contact_name,
                     "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone or "",
                     "branch_email": branch.email or "", "mail_link": f"{base}/portal/mail", **context})


def readers(branch: Branch, ids: Sequence[int], contact_id: int | None = None) -> dict[int, Reader]:
    """Readers by client, in three statements; `contact_id` alone when that person is meant."""
    rows = {row.id: row for row in bulk.rows_in(
        sa.select(Client.id, Client.legal_name, Client.trade_name, Client.language), Client.id, ids)}
    people = clients.contacts_of(ids)
    sheets = {row.client_id: row.channels for row in bulk.rows_in(
        sa.select(MailSheet.client_id, MailSheet.channels), MailSheet.client_id, ids)}
    return {key: _reader(branch, row, _meant(people.get(key, []), contact_id), sheets.get(key, [EMAIL]))
            for key, row in rows.items()}


def _meant(people: Sequence[Any], contact_id: int | None) -> Sequence[Any]:
    return [each for each in people if each.id == contact_id] or people


def _reader(branch: Branch, row: Any, people: Sequence[Any], wanted: Iterable[str]) -> Reader:
    emails = tuple(each.email for each in people if each.email)
    phone = next((each.phone for each in people if each.phone), "")
    usable = [name for name, has in ((EMAIL, emails), (WHATSAPP, phone)) if has]
    channels = tuple(name for name in usable if name in wanted) or tuple(usable[:1]) or (EMAIL,)
    return Reader(branch, row.id, row.trade_name or row.legal_name, row.language or branch.language, channels,
                  people[0].name if people else "", emails, phone)


def arrivals(branch: Branch, batch_id: int, by_client: Mapping[int, Sequence[MailItem]]) -> None:
    """Owe each client of a batch one message."""
    specs = []
    for key, reader in readers(branch, list(by_client)).items():
        specs.append(reader.notice(ARRIVED, ("mail_batch", batch_id), _listed(reader, by_client[key]), f"client:{key}"))
    owe_notices(specs)


def reminders(branch: Branch, by_client: Mapping[int, Sequence[MailItem]], day: str) -> None:
    """Owe each client one reminder of what lies here; `day` makes it one a day."""
    owe_notices([reader.notice(REMINDER, ("client", key), _listed(reader, by_client[key]), day)
                 for key, reader in readers(branch, list(by_client)).items()])


def taken(branch: Branch, handover: MailHandover, items: Sequence[MailItem]) -> None:
    """Owe the client word that somebody whom it had not named took its mail."""
    reader = readers(branch, [handover.client_id])[handover.client_id]
    owe_notice(reader.notice(TAKEN, ("mail_handover", handover.id), {
        **_listed(reader, items), "taken_by": handover.taken_by, "authorised_by": handover.authorised_by,
        "taken_at": _moment(reader, handover.handed_at)}))


def answered(branch: Branch, request: MailRequest) -> None:
    """Owe the client what became of its request."""
    reader = readers(branch, [request.client_id])[request.client_id]
    owe_notice(reader.notice(ANSWERED, ("mail_request", request.id), {
        **_listed(reader, [request.item]),
        "request_kind": names.in_language(reader.language, names.REQUESTS[request.kind]),
        "request_state": names.in_language(reader.language, names.REQUEST_STATES[request.state]),
        "answer": request.answer}, decision(request.decided_at)))


def decision(decided_at: datetime | None) -> str:
    """What tells one answer to a request from the one that was taken back before."""
    return str(int(decided_at.timestamp())) if decided_at else ""


def call(branch: Branch, item: MailItem) -> None:
    """Owe the client the message of a call, to the person it is for. Who called and what they said is no part of what
    is stored with it: the outbox asks for it as it sends (mailroom.outbox).
    """
    key = item.client_id or 0
    reader = readers(branch, [key], item.contact_id)[key]
    owe_notice(reader.notice(CALL, ("mail_item", item.id), {
        "call_time": _moment(reader, item.received_at)}))


def _moment(reader: Reader, moment: datetime) -> str:
    return locale.moment_local(moment, reader.branch.timezone, reader.language)


def _listed(reader: Reader, items: Sequence[MailItem]) -> dict[str, str]:
    with force_locale(reader.language):
        return {"mail_items": names.counted(each.kind for each in items), "mail_details": names.details(items)}


