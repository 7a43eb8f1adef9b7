"""Invitations that count a day early or late, rules that are signed again when they change, data that goes in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fastoffice import clock, transaction
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.notifications import registry
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.visitors import errors, jobs, queries, service
from fastoffice.visitors.models import (
    Invitation,
    LegalNotice,
    ReceptionCall,
    RulesSignature,
    Visit,
    Visitor,
)
from fastoffice.visitors.service import Invite, Signed, forgetting, legal, tokens
from tests.factories.lobby import MARIANA, TABLET, TEN, Lobby
from tests.factories.people import make_branch

DAY = timedelta(days=1)
SIGNATURE = "b" * 64


@pytest.fixture
def lobby(app: object) -> Lobby:
    return Lobby()


def invited(lobby: Lobby, days: int = 0, key: str = "i", **values: str) -> Invitation:
    data = Invite(**{"request_key": key, "client_id": lobby.guemes.id, "name": "Eva Sol", "email": "eva@x.mx",
                     "starts_at": TEN, "ends_at": TEN + timedelta(hours=2) + days * DAY, **values})
    return lobby.do(lambda branch: service.invite(branch, data, MARIANA, TEN))


def qr(row: Invitation) -> str:
    return f"http://testserver/visits/invitation/{tokens.token_of('invitation', row.nonce)}"


def code(row: Invitation) -> str:
    return tokens.spoken(tokens.code_of("invitation-code", row.nonce)).lower()


def shown(lobby: Lobby, text: str, now=TEN, key: str = "k") -> service.Expected:
    return lobby.do(lambda branch: service.open_invitation(branch, text, key, TABLET, now), now)


def with_rules(lobby: Lobby, text: str = "No fumar", kind: str = "rules") -> int:
    return lobby.do(lambda branch: service.write_rules(
        branch, kind, {"es": text, "en": "No smoking"}, ["visit"], MARIANA, TEN).id)


# Invitations


def expected(lobby: Lobby, now: datetime) -> list[str]:
    """Who is expected on the board."""
    return [each.visitor_name for each in lobby.do(lambda branch: queries.board(branch, now), now).expected]


def test_two_addresses_in_one_field_are_nobodys(lobby: Lobby) -> None:
    for typed in ("eva@x.mx,otra@x.mx", "eva@x.mx; otra@x.mx", "55 1234 5678 / 55 8765 4321"):
        with pytest.raises(errors.OneContactOnly):
            lobby.arrive(contact=typed)
    for field, typed in (("email", "eva@x.mx,otra@x.mx"), ("phone", "5512345678, 5587654321"), ("email", "5512345678")):
        with pytest.raises((errors.OneContactOnly, errors.ContactUnreadable)) as refused:
            invited(lobby, **{field: typed})
        assert refused.value.field == field, "said beside the field that it is about"

def test_the_code_or_the_qr_brings_the_guest_in_within_seconds(lobby: Lobby) -> None:
    row = invited(lobby)
    for text in (qr(row), code(row)):
        found = shown(lobby, text)
        assert (found.standing, found.name, found.label) == ("ok", "Eva Sol", "Güemes")
    came = lobby.arrive("", name="Eva Sol", contact="", invitation=code(row))
    assert (lobby.visit(came).client_id, lobby.visit(came).invitation_id) == (lobby.guemes.id, row.id)
    assert lobby.calls(came) == [("host", "Laura Güemes Ñuño")]
    assert db.session.get_one(Invitation, row.id, populate_existing=True).state == "arrived"


@pytest.mark.parametrize(("days", "standing"), [(-2, "early"), (-1, "ok"), (1, "ok"), (2, "late")])
def test_a_day_early_or_late_is_fine_and_further_calls_reception(lobby: Lobby, days: int, standing: str) -> None:
    found = shown(lobby, code(invited(lobby)), TEN + days * DAY)
    assert found.standing == standing
    if standing != "ok":
        assert (found.name, found.host) == ("", "")
        assert lobby.wanted == ["invitation"]


def test_used_twice_cancelled_guessed_or_at_the_wrong_branch_is_a_calm_word(lobby: Lobby) -> None:
    row, other = invited(lobby), Lobby(make_branch("TIJ"))
    assert shown(other, qr(row)).standing == "elsewhere"
    lobby.arrive("", name="Eva", contact="", invitation=code(row))
    assert shown(lobby, qr(row)).standing == "used"
    assert shown(lobby, "AAAA-BBBB").standing == "unknown"
    called_off = invited(lobby, key="other")
    lobby.do(lambda branch: service.cancel_invitation(branch, db.session.get_one(Invitation, called_off.id), MARIANA, TEN))
    assert shown(lobby, code(called_off), key="k2").standing == "cancelled"
    notice = db.session.scalars(sa.select(Notice).where(
        Notice.kind == "visit_invitation", Notice.subject_id == called_off.id)).one()
    assert registry.still_true("visit_invitation", [notice.id]) == set()


def test_a_used_code_signs_nobody_in_to_the_host(lobby: Lobby) -> None:
    row = invited(lobby)
    lobby.arrive("", name="Eva", contact="", invitation=code(row))
    second = lobby.arrive("", name="Otra", contact="", invitation=code(row))
    assert (lobby.visit(second).client_id, lobby.calls(second), lobby.wanted) == (None, [], ["invitation"])


def test_one_of_three_days_opens_once_each_day(lobby: Lobby) -> None:
    row = invited(lobby, days=2)
    assert expected(lobby, TEN) == ["Eva Sol"]
    lobby.arrive("", name="Eva", contact="", invitation=code(row))
    assert shown(lobby, code(row)).standing == "used"
    assert expected(lobby, TEN) == [], "she is here"
    assert expected(lobby, TEN + DAY) == ["Eva Sol"], "and comes again tomorrow"
    assert shown(lobby, code(row), TEN + DAY).standing == "ok"
    lobby.arrive("", TEN + 2 * DAY, name="Eva", contact="", invitation=code(row))
    assert db.session.get_one(Invitation, row.id, populate_existing=True).state == "arrived", "on its last day"


def test_the_days_that_are_left_of_an_invitation_are_called_off(lobby: Lobby) -> None:
    row = invited(lobby, days=2)
    lobby.arrive("", name="Eva", contact="", invitation=code(row))
    lobby.do(lambda branch: service.cancel_invitation(branch, db.session.get_one(Invitation, row.id), MARIANA, TEN))
    assert shown(lobby, code(row), TEN + DAY).standing == "cancelled"


def test_neither_code_nor_token_is_stored(lobby: Lobby) -> None:
    row = invited(lobby)
    kept = str(db.session.execute(sa.text("SELECT * FROM invitation")).all())
    assert tokens.code_of("invitation-code", row.nonce) not in kept
    assert tokens.token_of("invitation", row.nonce) not in kept


# People who come again


def test_who_consented_is_recognised_by_the_whole_telephone_alone(lobby: Lobby) -> None:
    lobby.arrive(contact="+52 55 1234 5678", remember=True)
    lobby.arrive(name="Sin Permiso", contact="otra@x.mx")

    def known(text: str):
        return lobby.do(lambda branch: service.recognize(branch, text))

    assert known("55 1234 5678").name == "Ana Pérez"
    assert known("otra@x.mx") is None
    assert known("5512345670") is None
    for part in ("551", "ana", "5%"):
        with pytest.raises(errors.ContactUnreadable):
            known(part)
    lobby.arrive(contact="5512345678", name="Ana Pérez Sol", remember=True)
    assert known("5512345678").name == "Ana Pérez Sol"
    assert db.session.scalar(sa.select(sa.func.count(Visitor.id))) == 1


# What is signed


def test_the_rules_are_signed_once_and_again_when_they_change(lobby: Lobby) -> None:
    first = with_rules(lobby)
    with pytest.raises(errors.RulesNotSigned) as refused:
        lobby.arrive(contact="ana@x.mx")
    assert refused.value.rules_ids == (first,)
    came = lobby.arrive(contact="ana@x.mx", signed=[Signed(first, SIGNATURE)], language="en")
    lobby.arrive(contact="ANA@x.mx")  # she signed this version before
    second = with_rules(lobby, "No fumar. No correr.")
    with pytest.raises(errors.RulesNotSigned):
        lobby.arrive(contact="ana@x.mx")
    lobby.arrive(contact="ana@x.mx", signed=[Signed(second, SIGNATURE)])
    old = db.session.scalars(sa.select(RulesSignature).where(RulesSignature.visit_id == came.visit_id)).one()
    assert (old.text, old.language, old.signed_name) == ("No smoking", "en", "Ana Pérez")
    asked = lobby.do(lambda branch: service.rules_to_sign(branch, "visit", "es", "nueva@x.mx"))
    assert [(each.id, each.text) for each in asked] == [(second, "No fumar. No correr.")]
    assert lobby.do(lambda branch: service.rules_to_sign(branch, "supplier", "es")) == []


def test_what_waited_without_network_is_let_in_and_marked_unsigned(lobby: Lobby) -> None:
    rules = with_rules(lobby)
    came = lobby.arrive(arrived_at=TEN - timedelta(minutes=30))
    assert lobby.visit(came).details["unsigned"] == [rules]


# Keeping and forgetting


def a_notice(lobby: Lobby) -> LegalNotice:
    document = files().put(b"a document", "application/pdf")
    return lobby.do(lambda branch: legal.receive_notice(branch, legal.Delivered(
        request_key="n", client_id=lobby.guemes.id, authority="SAT", official_name="Lic. Ruiz", official_id="1",
        document_number="500", subject="Requerimiento",
        document=legal.KeptDocument(document.sha256, "application/pdf")), MARIANA, TEN))


def test_every_field_of_a_legal_notice_must_be_there(lobby: Lobby) -> None:
    whole = {"request_key": "n", "client_id": lobby.guemes.id, "authority": "SAT", "official_name": "Ruiz", "official_id": "1",
             "document_number": "500", "subject": "X", "document": legal.KeptDocument("a" * 64, "application/pdf")}
    for missing in legal.MANDATORY:
        with pytest.raises(errors.FieldMissing):
            lobby.do(lambda branch, m=missing: legal.receive_notice(branch, legal.Delivered(**{**whole, m: " "}), MARIANA, TEN))
    for missing, refusal in {"client_id": errors.HostMissing, "document": errors.DocumentMissing}.items():
        with pytest.raises(refusal):
            lobby.do(lambda branch, m=missing: legal.receive_notice(branch, legal.Delivered(**{**whole, m: None}), MARIANA, TEN))
    assert db.session.scalar(sa.select(sa.func.count(Visit.id))) == 0


def test_photos_go_first_then_the_data_by_kind_and_the_counts_stay(lobby: Lobby) -> None:
    came = lobby.arrive(photo_sha256="a" * 64, remember=True, details={"Piso": "4"})
    interview = lobby.arrive(kind="interview", photo_sha256="c" * 64)
    notice = a_notice(lobby)
    lobby.tick(TEN + DAY)

    def forget(days: int) -> None:
        with clock.fixed_at(TEN + days * DAY):
            jobs.forget(lobby.branch.id)
        db.session.expire_all()

    lobby.do(lambda branch: service.call_reception(branch, "k", TABLET, TEN, note="Ana Pérez"))
    forget(29)
    assert db.session.scalars(sa.select(ReceptionCall.note).where(ReceptionCall.note != "")).all() == ["Ana Pérez"]
    assert lobby.visit(came).photo_sha256 is not None
    forget(31)
    assert db.session.scalars(sa.select(ReceptionCall.note).where(ReceptionCall.note != "")).all() == []
    assert (lobby.visit(came).photo_sha256, lobby.visit(came).visitor_name) == (None, "Ana Pérez")
    forget(181)
    assert lobby.visit(interview).visitor_name == ""
    assert lobby.visit(came).visitor_name == "Ana Pérez"
    forget(366)
    visit = lobby.visit(came)
    assert (visit.visitor_name, visit.phone, visit.details, visit.search_text, visit.kind) == ("", "", {}, "", "visit")
    assert visit.forgotten_at is not None
    assert db.session.scalar(sa.select(sa.func.count(Visitor.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(Visit.id))) == 3
    forget(4_000)
    assert db.session.get_one(LegalNotice, notice.id).official_name == "Lic. Ruiz"


def test_who_asks_to_be_erased_is_except_for_what_proves_an_agreement(lobby: Lobby) -> None:
    rules, nda = with_rules(lobby), with_rules(lobby, "Secreto", "nda")
    signed = [Signed(rules, SIGNATURE), Signed(nda, SIGNATURE)]
    came = lobby.arrive(contact="ana@x.mx", signed=signed, remember=True)
    inside = lobby.arrive(contact="ana@x.mx")
    other = lobby.arrive(contact="otra@x.mx", signed=signed, name="Otra")
    lobby.do(lambda branch: service.sign_out(branch, came.badge, TABLET, TEN))
    lobby.do(lambda branch: forgetting.erase_person(branch, "ana@x.mx", MARIANA, TEN))
    assert lobby.visit(came).visitor_name == ""
    assert lobby.visit(inside).visitor_name == "Ana Pérez", "who is inside must stand on the roll call"
    assert lobby.visit(other).visitor_name == "Otra"
    kept = db.session.scalars(sa.select(RulesSignature.house_rules_id).where(RulesSignature.visit_id == came.visit_id))
    assert list(kept) == [nda]
    assert db.session.scalar(sa.select(sa.func.count(Visitor.id))) == 0


def test_messages_about_an_erased_person_lose_their_words(lobby: Lobby) -> None:
    came = lobby.arrive(contact="eva@x.mx", name="Eva Sol")
    invited(lobby)
    lobby.do(lambda branch: service.sign_out(branch, came.badge, TABLET, TEN))
    frozen = files().put(b"Eva Sol is here", "message/rfc822").sha256
    lobby.do(lambda _branch: db.session.execute(sa.update(Delivery).where(Delivery.channel == "email").values(
        frozen_sha256=frozen, state="sent")))
    lobby.do(lambda branch: forgetting.erase_person(branch, "eva@x.mx", MARIANA, TEN))
    rows = [(row.notice.kind, row.frozen_sha256, row.recipients) for row in db.session.scalars(
        sa.select(Delivery).where(Delivery.channel == "email").order_by(Delivery.id))]
    assert rows == [("visitor_arrived", None, ["laura@guemes.mx"]), ("visit_invitation", None, [])]
    assert db.session.scalars(sa.select(Invitation.visitor_name)).one() == "—"


def test_the_log_never_names_a_visitor(lobby: Lobby) -> None:
    came = lobby.arrive(name="Ana Única", contact="unica@x.mx")
    lobby.do(lambda branch: service.sign_out(branch, came.badge, TABLET, TEN))
    kept = str(db.session.execute(sa.text("SELECT actor, data FROM audit_entry")).all())
    assert "nica" not in kept.replace("cronica", "")


def test_two_units_of_one_key_are_one_visit(lobby: Lobby) -> None:
    """The constraint decides, whatever the second one had read."""
    lobby.arrive(request_key="same")
    first = db.session.scalars(sa.select(Visit)).one()
    columns = {column.name: getattr(first, column.key) for column in Visit.__table__.columns if column.name != "id"}
    columns["badge_hash"] = "z" * 64
    with pytest.raises(IntegrityError) as refused, db.session.begin_nested():
        db.session.execute(sa.insert(Visit.__table__).values(**columns))
    assert transaction.is_passing(refused.value), "the unit runs again and finds the first one's visit"
