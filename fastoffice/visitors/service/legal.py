"""An authority came: what was delivered is written down, the client is told at once and says that they read it."""

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
from fastoffice.visitors.models import LegalNotice
from fastoffice.visitors.rules import visits
from fastoffice.visitors.service import tokens
from fastoffice.visitors.service.holding import hold
from fastoffice.visitors.service.signing_in import RECEPTION, SignIn, sign_in

KIND, ALERT = "legal_notice", "legal_alert"  # the link that proves reading goes to the client's mail alone
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


def keep_document(data: bytes) -> KeptDocument:
    """Check and store the photo or PDF. Slow: outside of any unit of work. Raises UploadRefused."""
    clean = uploads.clean_upload(data)
    return KeptDocument(files().put(clean.data, clean.media_type).sha256, clean.media_type)


def receive_notice(branch: Branch, data: Delivered, actor: audit.Actor, now: datetime) -> LegalNotice:
    """Note the visit and the notice, and alert every contact of the client; once by request_key.

    Raises FieldMissing, HostMissing, DocumentMissing, TooLong.
    """
    texts = _checked(data)
    client = db.session.get(Client, data.client_id) if data.client_id else None
    if client is None or client.branch_id != branch.id:
        raise errors.HostMissing
    if data.document is None:
        raise errors.DocumentMissing
    came = sign_in(branch, SignIn(
        request_key=data.request_key, kind=visits.AUTHORITY, name=texts["official_name"],
        company=texts["authority"][:120], client_id=client.id, by=RECEPTION), actor, now)
    known = db.session.scalar(sa.select(LegalNotice).where(LegalNotice.visit_id == came.visit_id))
    if known is not None:
        return known
    nonce = tokens.new_nonce()
    notice = LegalNotice(
        branch_id=branch.id, visit_id=came.visit_id, client_id=client.id, **texts,
        notes="\n".join(line.strip() for line in data.notes.splitlines())[:4_000],
        document_sha256=data.document.sha256, document_type=data.document.media_type, received_at=now,
        received_by=actor.name[:120], nonce=nonce, token_hash=tokens.hash_of(tokens.token_of("legal-notice", nonce)))
    db.session.add(notice)
    db.session.flush()
    _alert(branch, notice, client)
    audit.record(actor, "legal_notice.received", ("client", client.id),
                 {"notice": notice.id, "document": notice.document_number}, branch_id=branch.id)
    return notice


def notice_behind(token: str) -> LegalNotice:
    """The notice that a link belongs to; looking is not reading. Raises LinkOver."""
    found = db.session.scalar(sa.select(LegalNotice).where(LegalNotice.token_hash == tokens.hash_of(token)))
    if found is None:
        raise errors.LinkOver
    return found


def acknowledge(notice: LegalNotice, actor: audit.Actor, origin: str, now: datetime) -> None:
    """The client says that they read it; the first time counts. `origin`: the address it was said from."""
    notice = hold(notice)
    if notice.read_at is None:
        notice.read_at, notice.read_by, notice.read_from = now, actor.name[:120], origin[:64]
        audit.record(actor, "legal_notice.read", ("client", notice.client_id), {"notice": notice.id},
                     branch_id=notice.branch_id)


def _checked(data: Delivered) -> dict[str, str]:
    texts = {name: visits.short(getattr(data, name), name, _LENGTHS[name]) for name in MANDATORY}
    missing = next((name for name in MANDATORY if not texts[name]), None)
    if missing is not None:
        raise errors.FieldMissing(missing)
    return texts


def _alert(branch: Branch, notice: LegalNotice, client: Client) -> None:
    people = clients.contacts_of([client.id]).get(client.id, [])
    emails = tuple(dict.fromkeys(each.email for each in people if each.email))
    phone = next((each.phone for each in people if each.phone), "")
    _owe(branch, notice, client, KIND, EMAIL, emails=emails)
    if phone:
        _owe(branch, notice, client, ALERT, WHATSAPP, phone=phone)


def _owe(branch: Branch, notice: LegalNotice, client: Client, kind: str, channel: str, *,
         emails: tuple[str, ...] = (), phone: str = "") -> None:
    language = client.language or branch.language
    owe_notice(NoticeSpec(
        branch_id=branch.id, kind=kind, subject=("legal_notice", notice.id), party_id=client.id,
        party_name=client.display_name, language=language, channels=(channel,), emails=emails, phone=phone,
        context={"client_name": client.display_name, "authority": notice.authority,
                 "document_number": notice.document_number,
                 "received_at": locale.moment_local(notice.received_at, branch.timezone, language),
                 "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone or "",
                 "branch_email": branch.email or ""}))
