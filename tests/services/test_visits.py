"""Somebody comes: the host is told at once, answers, and whoever does not answer is helped after two minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.notifications import registry
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.visitors import duties, errors, queries, service
from fastoffice.visitors.models import BlockEntry, HostSetting, Visit
from tests.factories.lobby import MARIANA, TABLET, TEN, Lobby
from tests.factories.people import make_branch

MINUTE = timedelta(minutes=1)


@pytest.fixture
def lobby(app: object) -> Lobby:
    return Lobby()


def status(lobby: Lobby, key: str) -> queries.Status:
    found = lobby.do(lambda branch: queries.status(branch, key))
    assert found is not None
    return found


def test_the_host_is_told_at_once_and_the_tablet_shows_the_answer(lobby: Lobby) -> None:
    came = lobby.arrive()
    assert (came.state, came.told) == ("waiting", True)
    assert lobby.calls(came) == [("host", "Laura Güemes Ñuño")]
    assert lobby.notices == ["visitor_arrived"]
    channels = db.session.scalars(sa.select(Delivery.channel).order_by(Delivery.id))
    assert list(channels) == ["email", "whatsapp"]
    lobby.do(lambda _branch: service.answer_by_link(lobby.link(came), "coming", "Bajo en 2 minutos", TEN + MINUTE))
    seen = status(lobby, came.request_key)
    assert (seen.state, seen.note, seen.told, seen.escalated) == ("coming", "Bajo en 2 minutos", True, False)
    lobby.tick(TEN + 3 * MINUTE)
    assert lobby.calls(came) == [("host", "Laura Güemes Ñuño")]
    assert lobby.wanted == []


def test_sent_twice_it_is_one_visit_and_one_message(lobby: Lobby) -> None:
    first = lobby.arrive(request_key="tablet-1")
    second = lobby.arrive(request_key="tablet-1", name="Otra Persona")
    assert first == second
    assert db.session.scalar(sa.select(sa.func.count(Visit.id))) == 1
    assert lobby.notices == ["visitor_arrived"]


def test_nobody_answers_for_two_minutes_so_reception_and_the_second_contact_hear_of_it_once(lobby: Lobby) -> None:
    came = lobby.arrive()
    with clock.fixed_at(TEN + MINUTE):
        assert list(duties.due_units(TEN + MINUTE)) == []
    units = duties.due_units(TEN + 2 * MINUTE)
    assert [unit.job for unit in units] == ["fastoffice.visitors.jobs.attend"]
    lobby.tick(TEN + 2 * MINUTE)
    lobby.tick(TEN + 20 * MINUTE)
    assert lobby.calls(came) == [("host", "Laura Güemes Ñuño"), ("second", "Tomás Rey")]
    assert lobby.notices == ["visitor_arrived", "visitor_waiting"]
    assert lobby.wanted == ["escalated"]
    assert status(lobby, came.request_key).escalated
    lobby.do(lambda _branch: service.answer_by_link(lobby.link(came, 1), "wait", "", TEN + 3 * MINUTE))
    seen = status(lobby, came.request_key)
    assert (seen.state, seen.escalated) == ("wait", False)


def test_a_host_on_holiday_is_told_and_the_second_contact_and_reception_with_them(lobby: Lobby) -> None:
    def away(branch) -> None:
        db.session.add(HostSetting(client_id=lobby.guemes.id, branch_id=branch.id, away_from=TEN.date(),
                                   away_until=TEN.date()))

    lobby.do(away)
    came = lobby.arrive()
    assert [step for step, _name in lobby.calls(came)] == ["host", "second"]
    assert lobby.wanted == ["away"]


def test_a_suspended_tenant_is_not_told_and_reception_comes(lobby: Lobby) -> None:
    lobby.do(lambda _branch: db.session.execute(sa.text("UPDATE contract SET suspended_on = '2026-12-01'")))
    came = lobby.arrive()
    assert not came.told
    assert (lobby.wanted, lobby.notices) == (["no_host"], [])


def test_an_unknown_host_is_no_dead_end(lobby: Lobby) -> None:
    came = lobby.arrive("Nadie de Aquí")
    assert lobby.visit(came).client_id is None
    assert lobby.wanted == ["no_host"]


@pytest.mark.parametrize("typed", ["jose nunez", "JOSÉ NÚÑEZ", "Núñez José", "José Luis Núñez"])
def test_a_blocked_name_is_let_down_calmly_and_only_reception_knows(lobby: Lobby, typed: str) -> None:
    def block(branch) -> None:
        db.session.add(BlockEntry(branch_id=branch.id, name="José Núñez", name_key="jose nunez", reason="Amenazas",
                                  created_at=TEN, created_by="Mariana"))

    lobby.do(block)
    came = lobby.arrive(name=typed)
    assert lobby.visit(came).blocked
    assert (lobby.wanted, lobby.notices, lobby.calls(came)) == (["blocked"], [], [])
    assert status(lobby, came.request_key).state == "waiting"
    assert not lobby.visit(lobby.arrive(name="Josefa Núñez")).blocked


def test_a_delivery_is_dropped_and_done(lobby: Lobby) -> None:
    with pytest.raises(errors.CompanyMissing):
        lobby.arrive(kind="delivery", name="", company="", contact="")
    came = lobby.arrive("Güemes", kind="delivery", name="", company="DHL", contact="", photo_sha256="a" * 64)
    visit = lobby.visit(came)
    assert (visit.state, visit.left_by, visit.photo_sha256) == ("out", "delivery", "a" * 64)
    assert (lobby.wanted, lobby.notices) == (["delivery"], [])


def test_what_must_be_told_is_asked_beside_its_field(lobby: Lobby) -> None:
    for field, wrong in {"name": {"name": " . "}, "contact": {"contact": "12"}, "kind": {"kind": "burglary"}}.items():
        with pytest.raises(Refusal) as refusal:
            lobby.arrive(**wrong)
        assert refusal.value.field == field
    with pytest.raises(errors.ContactMissing):
        lobby.arrive(contact="")


def test_a_sign_in_that_waited_without_network_keeps_its_hour(lobby: Lobby) -> None:
    came = lobby.arrive(arrived_at=TEN - 20 * MINUTE)
    assert lobby.visit(came).arrived_at == TEN - 20 * MINUTE
    assert lobby.visit(lobby.arrive(arrived_at=TEN + timedelta(days=3))).arrived_at == TEN
    hours_ago = lobby.arrive(arrived_at=TEN - timedelta(hours=3))
    assert lobby.calls(hours_ago) == []


def test_a_later_answer_replaces_the_first_and_a_guest_who_left_gets_none(lobby: Lobby) -> None:
    came = lobby.arrive()
    lobby.do(lambda _branch: service.answer_by_link(lobby.link(came), "not_today", "", TEN))
    lobby.do(lambda _branch: service.answer_by_link(lobby.link(came), "coming", "", TEN + MINUTE))
    assert lobby.visit(came).state == "coming"
    lobby.do(lambda branch: service.sign_out(branch, came.badge, TABLET, TEN + 2 * MINUTE))
    with pytest.raises(errors.AlreadyOut):
        lobby.do(lambda _branch: service.answer_by_link(lobby.link(came), "wait", "", TEN + 3 * MINUTE))
    with pytest.raises(errors.LinkOver):
        lobby.do(lambda _branch: service.answer_by_link("not-a-token", "wait", "", TEN))
    with pytest.raises(errors.LinkOver):
        lobby.do(lambda _branch: service.answer_by_link(lobby.link(came), "wait", "", TEN + timedelta(days=2)))


def test_neither_name_nor_secret_is_stored_with_the_message(lobby: Lobby) -> None:
    came = lobby.arrive(name="Ana Pérez Única")
    notice = db.session.scalars(sa.select(Notice)).one()
    assert "Única" not in str(notice.context) + notice.search_text
    said = registry.values("visitor_arrived", [notice.id])[notice.id]
    assert said["visitor_name"] == "Ana Pérez Única"
    assert said["answer_link"].endswith(lobby.link(came))
    lobby.do(lambda branch: service.sign_out(branch, came.badge, TABLET, TEN))
    assert registry.still_true("visitor_arrived", [notice.id]) == set()


def test_out_by_badge_by_name_and_by_host(lobby: Lobby) -> None:
    badge, named = lobby.arrive(), lobby.arrive(name="Jüan  Ñandú")
    twins = [lobby.arrive(name="Eva Sol"), lobby.arrive("Tomás Rey", name="Eva Sol")]

    def out(text: str, host: str = ""):
        return lobby.do(lambda branch: service.sign_out(branch, text, TABLET, TEN + MINUTE, host))

    gone = out(f"https://x/{badge.badge.lower()}")
    assert gone is not None
    assert (gone.name, lobby.visit(badge).left_by) == ("Ana Pérez", "qr")
    assert out("juan") is None
    assert out("juan nandu") is not None
    assert lobby.visit(named).left_by == "name"
    assert out("eva sol") is None, "two of that name: nobody is listed"
    assert out("eva sol", "tomas rey") is not None
    assert lobby.visit(twins[0]).left_at is None
    assert out(badge.badge) is None


def test_who_never_signed_out_is_closed_at_closing_time_and_marked_so(lobby: Lobby) -> None:
    stays, leaves = lobby.arrive(), lobby.arrive(name="Ya Salió")
    lobby.do(lambda branch: service.sign_out(branch, leaves.badge, TABLET, TEN + MINUTE))
    closing = datetime.fromisoformat("2026-12-02T20:00-06:00")
    lobby.tick(closing - MINUTE)
    assert lobby.visit(stays).left_at is None
    for late in (closing + timedelta(days=4), closing + timedelta(days=5)):
        lobby.tick(late)
    assert (lobby.visit(stays).left_at, lobby.visit(stays).left_by) == (closing, "automatic")
    listed = lobby.do(lambda branch: queries.evacuation(branch, closing + MINUTE))
    assert [(each.name, each.unsure) for each in listed] == [("Ana Pérez", True)]


def test_the_evacuation_list_has_who_is_inside_of_this_branch_alone(lobby: Lobby) -> None:
    lobby.arrive(name="Ana")
    other = Lobby(make_branch("TIJ"))
    other.arrive(name="Tijuana")
    listed = lobby.do(lambda branch: queries.evacuation(branch, TEN))
    assert [(each.name, each.host, each.unsure) for each in listed] == [("Ana", "Güemes", False)]


def test_reception_pressed_twice_is_called_once_and_attended(lobby: Lobby) -> None:
    for _ in range(2):
        lobby.do(lambda branch: service.call_reception(branch, "press-1", TABLET, TEN, where="Lobby"))
    [call] = lobby.do(lambda branch: queries.open_calls(branch.id))
    assert (call.reason, call.where) == ("help", "Lobby")
    lobby.do(lambda branch: service.attend(branch, call.id, MARIANA, TEN))
    assert lobby.wanted == []


def test_what_ended_by_itself_is_corrected_by_a_real_exit(lobby: Lobby) -> None:
    came = lobby.arrive()
    lobby.tick(TEN + timedelta(days=1))
    lobby.do(lambda _branch: service.end_visit(lobby.visit(came), "reception", MARIANA, TEN + timedelta(days=1)))
    assert lobby.visit(came).left_by == "reception"
    with pytest.raises(errors.AlreadyOut):
        lobby.do(lambda _branch: service.end_visit(lobby.visit(came), "reception", MARIANA, TEN))
