"""An authority came: what was delivered is written down, and the client is told at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, locale
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.documents import uploads
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.notifications.kinds import EMAIL, WHATSAPP
from fastoffice.notifications.service import NoticeSpec, owe_notice
from fastoffice.visitors import errors
from fastoffice.visitors.models import LegalAlert, LegalNotice, Visit
from fastoffice.visitors.rules import visits
from fastoffice.visitors.service import calling, tokens
from fastoffice.visitors.service.holding import hold
from fastoffice.visitors.service.receipts import LINK_LIVES
from fastoffice.visitors.service.signing_in import RECEPTION, SignIn, sign_in

KIND, ALERT = "legal_notice", "legal_alert"  # by mail, where no member of staff sees the link; by WhatsApp
MANDATORY = ("authority", "official_name", "official_id", "document_number", "subject")
_LENGTHS = {"authority": 160, "official_name": 120, "official_id": 80, "document_number": 80, "subject": 300}


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A stored photo or PDF of the document."""

    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What the official delivered. All texts but `notes` must be there."""

    request_key: str
    client_id: int | None
    authority: str
    official_name: str
    official_id: str
    document_number: str
    subject: str
    document: KeptDocument | None
    notes: str = ""
    visit_id: int | None = None  # the official signed in at the tablet already


def keep_document(data: bytes) -> KeptDocument:
    """Check and store the photo or PDF. Slow: outside of any unit of work. Raises UploadRefused."""
    clean = uploads.clean_upload(data)
    return KeptDocument(files().put(clean.data, clean.media_type).sha256, clean.media_type)


def receive_notice(branch: Branch, data: Delivered, actor: audit.Actor, now: datetime) -> LegalNotice:
    """Note the visit and the notice, and alert every contact of the client; once by request_key.

    Raises FieldMissing, HostMissing, DocumentMissing, TooLong, NoSuchVisit.
    """
    texts = _checked(data)
    client = db.session.get(Client, data.client_id) if data.client_id else None
    if client is None or client.branch_id != branch.id:
        raise errors.HostMissing
    if data.document is None:
        raise errors.DocumentMissing
    visit_id = _visit_of(branch, data, texts, client, actor, now)
    known = db.session.scalar(sa.select(LegalNotice).where(LegalNotice.visit_id == visit_id))
    if known is not None:
        return known
    nonce = tokens.new_nonce()
    notice = LegalNotice(
        branch_id=branch.id, visit_id=visit_id, client_id=client.id, **texts,
        notes="\n".join(line.strip() for line in data.notes.splitlines())[:4_000],
        document_sha256=data.document.sha256, document_type=data.document.media_type, received_at=now,
        received_by=actor.name[:120], nonce=nonce, token_hash=tokens.hash_of(tokens.token_of("legal-notice", nonce)))
    db.session.add(notice)
    db.session.flush()
    _alert(branch, notice, client, now)
    audit.record(actor, "legal_notice.received", ("client", client.id),
                 {"notice": notice.id, "document": notice.document_number}, branch_id=branch.id)
    return notice


def _visit_of(branch: Branch, data: Delivered, texts: dict[str, str], client: Client, actor: audit.Actor, now: datetime
              ) -> int:
    """The official's visit: the one at the tablet, else a new one; nobody is called to it any more."""
    visit_id = data.visit_id
    if visit_id is None:
        visit_id = sign_in(branch, SignIn(
            request_key=data.request_key, kind=visits.AUTHORITY, name=texts["official_name"],
            company=texts["authority"][:120], client_id=client.id, by=RECEPTION), actor, now).visit_id
    else:
        visit = db.session.get(Visit, visit_id)
        if visit is None or visit.branch_id != branch.id or visit.kind != visits.AUTHORITY:
            raise errors.NoSuchVisit
        hold(visit).client_id = client.id
    calling.attend_all(visit_id, actor, now)
    return visit_id


def _checked(data: Delivered) -> dict[str, str]:
    texts = {name: visits.short(getattr(data, name), name, _LENGTHS[name]) for name in MANDATORY}
    missing = next((name for name in MANDATORY if not texts[name]), None)
    if missing is not None:
        raise errors.FieldMissing(missing)
    return texts


def _alert(branch: Branch, notice: LegalNotice, client: Client, now: datetime) -> None:
    """Each address and telephone of the client once, with a link of its own."""
    people = clients.contacts_of([client.id]).get(client.id, [])
    told: dict[tuple[str, str], str] = {}
    for each in people:
        for channel, address in ((EMAIL, each.email), (WHATSAPP, each.phone)):
            if address:
                told.setdefault((channel, address), each.name)
    for (channel, address), name in (told or {(EMAIL, ""): ""}).items():
        nonce = tokens.new_nonce()
        alert = LegalAlert(
            branch_id=branch.id, notice_id=notice.id, channel=channel, address=address, name=name[:120], nonce=nonce,
            token_hash=tokens.hash_of(tokens.token_of("legal-notice", nonce)), created_at=now,
            expires_at=now + LINK_LIVES)
        db.session.add(alert)
        db.session.flush()
        _owe(branch, notice, client, alert)


def _owe(branch: Branch, notice: LegalNotice, client: Client, alert: LegalAlert) -> None:
    language, is_mail = client.language or branch.language, alert.channel == EMAIL
    owe_notice(NoticeSpec(
        branch_id=branch.id, kind=KIND if is_mail else ALERT, subject=("legal_alert", alert.id), party_id=client.id,
        party_name=client.display_name, language=language, channels=(alert.channel,),
        emails=(alert.address,) if is_mail and alert.address else (), phone="" if is_mail else alert.address,
        context={"client_name": client.display_name, "contact_name": alert.name, "authority": notice.authority,
                 "document_number": notice.document_number,
                 "received_at": locale.moment_local(notice.received_at, branch.timezone, language),
                 "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone or "",
                 "branch_email": branch.email or ""}))
