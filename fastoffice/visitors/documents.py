"""Papers of the lobby: the badge's label, the list for a roll call, the evidence of a legal notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.documents.contexts import BadgeDocument, EvidenceDocument, RollCallDocument
from fastoffice.documents.contexts.parts import Alerted, Evidence, Person
from fastoffice.documents.files import files
from fastoffice.locale import moment_local
from fastoffice.notifications import queries as outbox
from fastoffice.notifications import registry
from fastoffice.visitors import names
from fastoffice.visitors.models import LegalAlert, LegalNotice, Visit
from fastoffice.visitors.queries import Present
from fastoffice.visitors.service import receipts, tokens


def badge_of(branch: Branch, visit: Visit) -> BadgeDocument:
    """The label to wear; its QR signs the visitor out."""
    local, code = clock.local(visit.arrived_at, branch.timezone), tokens.code_of("badge", visit.badge_nonce)
    return BadgeDocument(
        **_frame(branch, code, visit.arrived_at), visitor=visit.visitor_name or visit.company, company=visit.company,
        host=visit.client.display_name if visit.client else visit.host_text, kind=str(names.KINDS[visit.kind]),
        arrived_at=local.replace(tzinfo=None), code=tokens.spoken(code), qr=code)


def roll_call_of(branch: Branch, people: list[Present], now: Any) -> RollCallDocument:
    """Everybody who is inside, to be ticked off."""
    today = clock.local_date(now, branch.timezone)

    def since(moment: Any) -> str:
        local = clock.local(moment, branch.timezone)
        return f"{local:%H:%M}" if local.date() == today else moment_local(moment, branch.timezone, branch.language)

    rows = tuple(Person(name=each.name, company=each.company, host=each.host, unsure=each.unsure,
                        since=since(each.arrived_at)) for each in people)
    return RollCallDocument(**_frame(branch, branch.name, now), people=rows,
                            made_at=clock.local(now, branch.timezone).replace(tzinfo=None))


def sent_of(alerts: Sequence[LegalAlert]) -> dict[int, Any]:
    """The delivery (id, state, sent_at) of each alert that went by mail or WhatsApp; None for the others."""
    found: dict[int, Any] = {each.id: None for each in alerts}
    for channel in ("email", "whatsapp"):
        found |= outbox.deliveries_of(
            "legal_alert", [each.id for each in alerts if each.channel == channel], channel)
    return found


def evidence_of(branch: Branch, notice: LegalNotice) -> EvidenceDocument:
    """What was delivered, by whom, when the client was told and when they said that they read it."""
    def wall(moment: Any) -> Any:
        return clock.local(moment, branch.timezone).replace(tzinfo=None) if moment else None

    alerts = receipts.alerts_of(notice.id)
    sent = sent_of(alerts)
    told = tuple(Alerted(
        name=each.name or each.read_by, channel=each.channel, address=each.address, alerted_at=wall(each.created_at),
        sent_at=wall(sent[each.id].sent_at) if sent[each.id] else None, read_at=wall(each.read_at),
        read_by=each.read_by, read_from=each.read_from, read_text=each.read_text) for each in alerts)
    picture = files().get(notice.document_sha256) if notice.document_type == "image/jpeg" else None
    return EvidenceDocument(
        **_frame(branch, f"{branch.code}-{notice.id}", notice.received_at), facts=Evidence(
            client=notice.client.legal_name, authority=notice.authority, official_name=notice.official_name,
            official_id=notice.official_id, document_number=notice.document_number, subject=notice.subject,
            notes=notice.notes, received_at=wall(notice.received_at), received_by=notice.received_by,
            read_at=wall(notice.read_at), read_by=notice.read_by, read_from=notice.read_from,
            sha256=notice.document_sha256, alerted=told), picture=picture)


def _frame(branch: Branch, number: str, moment: Any) -> dict[str, Any]:
    return {"issuer": registry.branches.letterhead(branch.id).issuer, "number": number, "currency": branch.currency,
            "issued_on": clock.local_date(moment, branch.timezone)}
