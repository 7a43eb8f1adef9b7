"""Telling the people of the client: by mail and WhatsApp, each with a link of their own; the portal shows it too."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import force_locale

from fastoffice import bulk, clock
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.notifications.kinds import EMAIL, WHATSAPP
from fastoffice.notifications.service import NoticeSpec, owe_notice
from fastoffice.upsert import insert_new
from fastoffice.visitors import names
from fastoffice.visitors.models import HostCall, Visit
from fastoffice.visitors.rules import visits
from fastoffice.visitors.service import tokens
from fastoffice.visitors.service.hosts import Told

ARRIVED, STILL_WAITING = "visitor_arrived", "visitor_waiting"
KINDS = {"host": ARRIVED, "second": STILL_WAITING}


def tell(branch: Branch, visit: Visit, person: Told, step: str, now: datetime) -> None:
    """Owe the person the message with their own link, once. step: host or second."""
    nonce = tokens.new_nonce()
    row = {"branch_id": branch.id, "visit_id": visit.id, "contact_id": person.contact_id, "name": person.name,
           "step": step, "nonce": nonce, "token_hash": tokens.hash_of(tokens.token_of("host-call", nonce)),
           "created_at": now, "expires_at": now + visits.LINK_LIVES, "answer": ""}
    table = bulk.table_of(HostCall)
    for made in insert_new(table, [row], table.c.id):
        owe_notice(_notice(branch, visit, person, KINDS[step], made.id))


def _notice(branch: Branch, visit: Visit, person: Told, kind: str, call_id: int) -> NoticeSpec:
    """Who came is no part of what is stored: the outbox asks for it as it sends (visitors.outbox)."""
    client = db.session.get_one(Client, visit.client_id)
    language = client.language or branch.language
    with force_locale(language):
        what = str(names.KINDS[visit.kind])
    channels = tuple(channel for channel, has in ((EMAIL, person.email), (WHATSAPP, person.phone)) if has)
    return NoticeSpec(
        branch_id=branch.id, kind=kind, subject=("host_call", call_id), party_id=client.id,
        party_name=client.display_name, language=language, channels=channels or (EMAIL,),
        emails=[person.email] if person.email else [], phone=person.phone,
        context={"client_name": client.display_name, "contact_name": person.name, "visit_kind": what,
                 "arrival_time": f"{clock.local(visit.arrived_at, branch.timezone):%H:%M}",
                 "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone or "",
                 "branch_email": branch.email or ""})


def called(visit_id: int) -> list[HostCall]:
    """Who was told of a visit, in order."""
    return list(db.session.scalars(sa.select(HostCall).where(HostCall.visit_id == visit_id).order_by(HostCall.id)))
