"""Who may open what of the lobby: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.visitors import service
from fastoffice.visitors.models import Invitation, LegalNotice, ReceptionCall, RulesSignature
from fastoffice.visitors.service import Invite, Signed, SignIn, blocking, legal
from tests.factories.people import Cast
from tests.web import portal_access

TABLE: dict[str, str] = {
    **dict.fromkeys((
        "visits.board", "visits.evacuation", "visits.evacuation_pdf", "visits.show", "visits.photo", "visits.badge",
        "visits.signature", "visits.history", "visits.invitations", "visits.notices", "visits.notice",
        "visits.notice_document", "visits.evidence"), "visits.view"),
    **dict.fromkeys((
        "visits.attend", "visits.new", "visits.hosts", "visits.register", "visits.answer", "visits.tell_host",
        "visits.let_in", "visits.sign_out", "visits.new_invitation", "visits.invite", "visits.cancel_invitation",
        "visits.block_list", "visits.block", "visits.new_notice", "visits.receive_notice"), "visits.register"),
    **dict.fromkeys((
        "visits.export", "visits.people", "visits.find_person", "visits.export_person", "visits.erase_person", "visits.unblock",
        "visits.lobby", "visits.save_lobby", "visits.save_rules", "visits.end_rules"), "visits.manage"),
    **dict.fromkeys((
        "visit_pages.answer", "visit_pages.send_answer", "visit_pages.invitation", "visit_pages.notice",
        "visit_pages.read_notice", "visit_pages.notice_document"), "public"),
    **dict.fromkeys((
        "portal.visitors", "portal.waiting", "portal.new_visitor", "portal.invite_visitor", "portal.cancel_visitor",
        "portal.answer_visitor", "portal.save_visitor_settings", "portal.read_legal_notice", "portal.legal_document",
    ), "portal:visitors"),
}
ACTOR = Actor("Pruebas")


def _client(cast: Cast) -> int:
    return portal_access.its_client(cast).id


def _do(cast: Cast, work: Callable[[Branch], Any]) -> Any:
    key = cast.polanco.id
    return transaction.run(lambda: work(db.session.get_one(Branch, key)))


def a_visit(cast: Cast) -> int:
    """Somebody with a photo and a signature who waits for Polanco's client; made once."""
    client_id, photo = _client(cast), files().put(b"a photo", "image/jpeg").sha256

    def work(branch: Branch) -> int:
        rules = service.write_rules(branch, "rules", {"es": "No fumar"}, ["visit"], ACTOR, clock.now())
        return service.sign_in(branch, SignIn(
            request_key="access", name="Ana", contact="ana@x.mx", client_id=client_id, by="reception",
            photo_sha256=photo, signed=[Signed(rules.id, photo)]), ACTOR, clock.now()).visit_id

    return int(_do(cast, work))


def a_signature(cast: Cast) -> int:
    visit_id = a_visit(cast)
    return int(db.session.scalars(sa.select(RulesSignature.id).where(RulesSignature.visit_id == visit_id)).one())


def a_call(cast: Cast) -> int:
    _do(cast, lambda branch: service.call_reception(branch, "access", ACTOR, clock.now()))
    return int(db.session.scalars(sa.select(ReceptionCall.id).where(ReceptionCall.request_key == "access")).one())


def an_invitation(cast: Cast) -> Invitation:
    client_id, now = _client(cast), clock.now()

    def work(branch: Branch) -> Invitation:
        return service.invite(branch, Invite(
            request_key="access", client_id=client_id, name="Eva", email="eva@x.mx", starts_at=now,
            ends_at=now + (clock.end_of_day(now.date(), "UTC") - clock.start_of_day(now.date(), "UTC"))), ACTOR, now)

    return _do(cast, work)


def an_entry(cast: Cast) -> int:
    return int(_do(cast, lambda branch: blocking.block(branch, "José", "Amenazas", ACTOR, clock.now()).id))


def a_notice(cast: Cast) -> LegalNotice:
    client_id, document = _client(cast), files().put(b"a document", "application/pdf")

    def work(branch: Branch) -> LegalNotice:
        return legal.receive_notice(branch, legal.Delivered(
            request_key="access notice", client_id=client_id, authority="SAT", official_name="Lic. Ruiz",
            official_id="1", document_number="500", subject="Requerimiento",
            document=legal.KeptDocument(document.sha256, "application/pdf")), ACTOR, clock.now())

    return _do(cast, work)


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "visit_id": a_visit,
    "signature_id": a_signature,
    "call_id": a_call,
    "invitation_id": lambda cast: an_invitation(cast).id,
    "entry_id": an_entry,
    "notice_id": lambda cast: a_notice(cast).id,
    "visits.export:form": lambda _cast: "csv",
    "visits.save_rules:kind": lambda _cast: "rules",
    "visits.end_rules:kind": lambda _cast: "rules",
}
for _name in ("answer", "send_answer", "invitation", "notice", "read_notice", "notice_document"):
    SAMPLES[f"visit_pages.{_name}:token"] = lambda _cast: "not-a-token"
EVERYBODYS: set[str] = {"visits.attend", "visits.export", "visits.save_rules", "visits.end_rules"}
