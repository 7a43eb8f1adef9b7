"""The lobby's tablet in Chromium: who comes is registered in seconds, whatever the camera or the host do."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from fastoffice import clock
from fastoffice.bookings.models import Booking
from fastoffice.clients.models import Client
from fastoffice.documents.qr import qr_png
from fastoffice.extensions import db
from fastoffice.mailroom.service import nominees
from fastoffice.visitors import service
from fastoffice.visitors.models import Visit, VisitPolicy
from fastoffice.visitors.service import Invite, tokens
from tests.browser.house import House
from tests.browser.lobby import CAMERA, CAMERA_SEES, NO_CAMERA, Human, Reception, Stand, moved
from tests.browser.watching import AXE
from tests.factories.lobby import MARIANA, TEN
from tests.factories.people import ACTOR
from tests.factories.rooms import make_room

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Open = Callable[..., Stand]
OUR_SCRIPTS = sorted((Path(__file__).parents[2] / "kiosk" / "static" / "js").glob("*.js"))


@pytest.fixture(scope="module")
def reception(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[Reception]:
    house = House(tmp_path_factory.mktemp("house"), worker_name, host="localhost")
    found = Reception(house)
    with house.app.app_context(), clock.fixed_at(TEN):
        make_room(found.lobby.branch, "Sala Norte")
        db.session.remove()
    yield found
    house.stop()


@pytest.fixture
def rules(reception: Reception) -> Iterator[None]:
    """The house asks visitors to sign."""
    reception.do(lambda branch: service.write_rules(
        branch, "rules", {"es": "No fumar en el edificio.", "en": "Do not smoke."}, ["visit"], ACTOR, TEN))
    yield
    reception.do(lambda branch: service.end_rules(branch, "rules", ACTOR, TEN))


def test_somebody_new_is_in_before_half_a_minute(stand: Open, reception: Reception, rules: None) -> None:
    tablet = stand(watch=moved)
    person = Human(tablet)
    person.tap("[data-go=begin]")
    person.tap("[data-kind=visit]:not(body)")
    person.types("host", "laura guemes nuno")
    person.on()
    person.tap("#host-yes")
    person.types("contact", "5512345678")
    person.types("name", "Ana Pérez")
    person.types("company", "Consultores")
    person.on()
    tablet.at("photo")
    person.tap("#no-photo")
    person.thinks(4)
    tablet.signs()
    tablet.at("wait")
    assert 17 < person.seconds < 30, "of the tablet's own time, typing and looking included"
    tablet.reads("We told your host.")
    visit = reception.last()
    assert (visit.visitor_name, visit.state, visit.client_id) == ("Ana Pérez", "waiting", reception.guemes_id)
    assert "Ana" not in tablet.typed_anywhere(), "the waiting page knows nobody's name"


def test_somebody_known_is_in_before_ten_seconds(stand: Open, reception: Reception) -> None:
    first = stand()
    first.begins()
    first.names_host()
    first.page.locator("[data-field=remember]").check()
    first.says_who("Beto Luna", "5599990000", "Luna y Cía")
    first.tap("#no-photo")
    first.at("wait")
    again = stand(watch=moved)
    person = Human(again)
    person.tap("[data-go=begin]")
    person.tap("[data-kind=visit]:not(body)")
    person.types("host", "guemes")
    person.on()
    person.tap("#host-yes")
    person.types("contact", "5599990000")
    again.page.keyboard.press("Tab")
    expect(again.page.locator("[data-field=name]")).to_have_value("Beto Luna")
    person.on()
    person.tap("#no-photo")
    again.at("wait")
    assert 6 <= person.seconds < 10
    assert reception.last().company == "Luna y Cía"


def test_three_letters_show_nobody_and_an_unknown_name_is_no_dead_end(stand: Open, reception: Reception) -> None:
    tablet = stand()
    tablet.begins()
    tablet.write("host", "lau")
    tablet.on()
    tablet.reads("We did not find that name. Look whether it is written right; if it is, go on and reception helps you.")
    assert "Güemes" not in tablet.page.inner_text("main")
    tablet.tap("#host-anyway")
    tablet.says_who()
    tablet.tap("#no-photo")
    tablet.reads("Reception will be with you.")
    assert reception.last().client_id is None


def test_with_a_camera_the_photo_goes_along(stand: Open, reception: Reception) -> None:
    tablet = stand(script=CAMERA)
    tablet.begins()
    tablet.names_host()
    tablet.says_who("Con Foto")
    tablet.tap("#shoot")
    expect(tablet.page.locator("#shot")).to_be_visible()
    tablet.tap("#with-photo")
    tablet.at("wait")
    assert len(reception.last().photo_sha256 or "") == 64
    assert tablet.page.locator("#shot").get_attribute("src") is None


def test_a_camera_that_is_denied_stops_nobody(stand: Open, reception: Reception) -> None:
    tablet = stand()
    tablet.begins("interview")
    tablet.names_host()
    tablet.write("contact", "cita@correo.mx")
    tablet.write("name", "Sin Cámara")
    tablet.on()
    tablet.reads("There is no camera now. You can go on without a photo.")
    tablet.tap("#no-photo")
    tablet.at("wait")
    visit = reception.last()
    assert (visit.kind, visit.email, visit.photo_sha256) == ("interview", "cita@correo.mx", None)


def test_the_host_answers_and_the_tablet_shows_it(stand: Open, reception: Reception) -> None:
    tablet = stand()
    tablet.begins()
    tablet.names_host()
    tablet.says_who("Espera Corta")
    tablet.tap("#no-photo")
    tablet.reads("We told your host.")
    key = reception.last().id
    reception.do(lambda _branch: service.answer(db.session.get_one(Visit, key), "coming", MARIANA, TEN, note="Bajo en 2 minutos"))
    tablet.reads("Your host is coming.")
    expect(tablet.page.locator("#wait-note")).to_have_text("Bajo en 2 minutos")
    tablet.tap("[data-screen=wait] [data-home]")
    tablet.at("welcome")
    assert "Bajo" not in tablet.typed_anywhere()


def test_no_answer_for_two_minutes_brings_reception(stand: Open, reception: Reception) -> None:
    tablet = stand()
    tablet.begins()
    tablet.names_host()
    tablet.says_who("Espera Larga")
    tablet.tap("#no-photo")
    tablet.reads("We told your host.")
    reception.house.move_to(TEN + timedelta(minutes=2))
    tablet.reads("Your host has not answered yet. Reception will be with you.")


def invited(reception: Reception, name: str, days: int) -> tuple[str, str]:
    """The short code and the QR's address of somebody who is expected in `days`."""
    at = TEN + timedelta(days=days)
    nonce = reception.do(lambda branch: service.invite(branch, Invite(
        request_key=name, client_id=reception.guemes_id, name=name, email="rosa@correo.mx", starts_at=at,
        ends_at=at + timedelta(hours=1)), ACTOR, TEN).nonce)
    with reception.house.app.app_context():
        code, link = tokens.code_of("invitation-code", nonce), tokens.token_of("invitation", nonce)
    return tokens.spoken(code), f"{reception.house.url}/visits/invitation/{link}"


def goes_in(tablet: Stand, name: str) -> None:
    tablet.reads("Good to see you")
    expect(tablet.page.locator("[data-field=name]")).to_have_value(name)
    tablet.on()
    tablet.tap("#no-photo")
    tablet.at("wait")
    visit = tablet.reception.last()
    assert (visit.visitor_name, visit.client_id) == (name, tablet.reception.guemes_id)
    assert visit.invitation_id is not None


def test_invited_and_a_day_early_with_the_short_code_then_never_again(stand: Open, reception: Reception) -> None:
    code, _address = invited(reception, "Rosa Temprana", days=1)
    tablet = stand()
    tablet.tap("[data-go=code]")
    tablet.write("code", code.lower())
    tablet.on()
    goes_in(tablet, "Rosa Temprana")
    tablet.tap("[data-screen=wait] [data-home]")
    tablet.tap("[data-go=code]")
    tablet.write("code", code)
    tablet.on()
    tablet.reads("This invitation is not for today or for this place. Reception will be with you.")


def test_invited_and_the_qr_is_held_before_the_camera(stand: Open, reception: Reception) -> None:
    _code, address = invited(reception, "Rita del QR", days=0)
    picture = base64.b64encode(qr_png(address, 5)).decode()
    tablet = stand(script=CAMERA_SEES % picture)
    tablet.tap("[data-go=code]")
    goes_in(tablet, "Rita del QR")


def test_a_guessed_code_is_answered_calmly(stand: Open) -> None:
    tablet = stand()
    tablet.tap("[data-go=code]")
    tablet.write("code", "AAAA-BBBB")
    tablet.on()
    tablet.reads("This invitation is not for today or for this place. Reception will be with you.")


def test_a_parcel_is_dropped_off(stand: Open, reception: Reception) -> None:
    tablet = stand(script=CAMERA)
    tablet.tap("[data-go=parcel]")
    tablet.write("courier", "DHL")
    tablet.write("addressee", "Güemes")
    tablet.on()
    tablet.tap("#shoot")
    tablet.tap("#with-photo")
    tablet.reads("Thank you. Reception knows of it.")
    visit = reception.last()
    assert (visit.kind, visit.company, visit.state) == ("delivery", "DHL", "out")
    assert visit.photo_sha256


def test_each_kind_of_visitor_is_asked_what_is_its_own(stand: Open, reception: Reception) -> None:
    tablet = stand(script=CAMERA)
    tablet.begins("supplier")
    tablet.names_host()
    tablet.write("contact", "5512340001")
    tablet.write("name", "Proveedor Puntual")
    tablet.on()
    expect(tablet.page.locator("#e-company")).not_to_be_empty()
    tablet.write("company", "Aguas del Valle")
    tablet.write("purpose", "Garrafones, pedido 118")
    tablet.write("vehicle", "ABC-123-D")
    tablet.on()
    tablet.tap("#no-photo")
    tablet.at("wait")
    assert reception.last().details == {"purpose": "Garrafones, pedido 118", "vehicle": "ABC-123-D"}
    tablet.tap("[data-screen=wait] [data-home]")
    tablet.begins("interview")
    expect(tablet.page.locator("[data-screen=who] h1:visible")).to_have_text(
        reception.house.says("Who expects you for the interview?"), use_inner_text=True)
    tablet.names_host()
    tablet.write("contact", "5512340002")
    tablet.write("name", "Candidata Atenta")
    tablet.write("position", "Contadora")
    expect(tablet.page.locator("[data-field=company]")).to_be_hidden()
    tablet.on()
    tablet.tap("#no-photo")
    tablet.at("wait")
    assert reception.last().details == {"position": "Contadora"}


def test_an_authority_shows_its_document_and_reception_comes(stand: Open, reception: Reception) -> None:
    tablet = stand(script=CAMERA)
    tablet.begins("authority")
    tablet.names_host("Güemes")
    for field, text in (("contact", "5512340003"), ("name", "Lic. Oficial"), ("authority", "SAT")):
        tablet.write(field, text)
    tablet.on()
    expect(tablet.page.locator("#e-identification")).not_to_be_empty()
    tablet.write("identification", "SAT-0099")
    tablet.on()
    tablet.reads("A photo of the document?")
    tablet.tap("#shoot")
    tablet.tap("#with-photo")
    tablet.reads("Reception will be with you.")
    visit = reception.last()
    assert (visit.kind, visit.details["authority"], visit.details["identification"]) == ("authority", "SAT", "SAT-0099")
    assert visit.photo_sha256
    assert ("authority", visit.id) in reception.calls()


def test_a_badge_is_asked_of_reception_and_no_dialog_of_the_browser_opens(stand: Open, reception: Reception) -> None:
    reception.do(lambda branch: db.session.merge(VisitPolicy(branch_id=branch.id, prints_badge=True)))
    tablet = stand(script=NO_CAMERA + "window.printed = 0; window.print = () => { window.printed += 1; };")
    tablet.begins()
    tablet.names_host()
    tablet.says_who("Con Gafete")
    tablet.tap("#no-photo")
    tablet.at("wait")
    tablet.tap("#print")
    tablet.reads("Reception prints your badge and brings it to you.")
    assert ("badge", reception.last().id) in reception.calls()
    assert tablet.page.evaluate("window.printed") == 0
    assert "print(" not in "".join(path.read_text() for path in OUR_SCRIPTS)


def test_a_client_with_a_pin_takes_a_room_at_the_price_that_is_shown(stand: Open, reception: Reception) -> None:
    reception.do(lambda branch: nominees.name_one(db.session.get_one(Client, reception.guemes_id), "Laura Güemes", "4711",
                                                  ACTOR, TEN))
    tablet = stand()
    expect(tablet.page.locator("#room-hint")).to_have_text("Libre ahora hasta 20:00", use_inner_text=True)
    tablet.tap("[data-go=member]")
    for pin in ("1234", "4711"):
        for field, text in (("member_company", "güemes"), ("member_name", "laura guemes"), ("member_pin", pin)):
            tablet.write(field, text)
        if pin == "1234":
            tablet.look()
            tablet.on()
            tablet.reads("This does not match. Try again, or call reception.")
            expect(tablet.page.locator("[data-field=member_pin]")).to_have_value("")
    tablet.on()
    tablet.at("rooms")
    tablet.tap("[data-minutes='60']")
    expect(tablet.page.locator("#rooms li")).to_contain_text("$348.00")
    tablet.look()
    tablet.tap("#rooms button")
    tablet.reads("The room is yours.")
    with reception.house.app.app_context():
        booking = db.session.scalars(sa.select(Booking)).one()
        assert (booking.client_id, booking.organiser_name, booking.origin) == (reception.guemes_id, "Laura Güemes", "kiosk")
        db.session.remove()
    tablet.tap("[data-screen=done] [data-home]")
    expect(tablet.page.locator("#room-hint")).to_have_text(reception.house.says("All rooms are taken now"), use_inner_text=True)
    assert "Laura" not in tablet.typed_anywhere()


def test_out_by_the_code_and_by_name(stand: Open, reception: Reception) -> None:
    tablet = stand()
    codes = []
    for name in ("Sale Uno", "Sale Dos"):
        tablet.begins()
        tablet.names_host()
        tablet.says_who(name)
        tablet.tap("#no-photo")
        tablet.at("wait")
        codes.append(tablet.page.inner_text("#badge-code"))
        tablet.tap("[data-screen=wait] [data-home]")
    for typed in (codes[0].lower(), "sale dos"):
        tablet.tap("[data-go=out]")
        tablet.write("leaver", typed)
        tablet.on()
        tablet.reads("See you soon.")
        tablet.tap("[data-screen=done] [data-home]")
    assert [visit.left_by for visit in reception.visits()[-2:]] == ["qr", "name"]
    tablet.tap("[data-go=out]")
    tablet.write("leaver", "sale dos")
    tablet.on()
    tablet.reads("We did not find you. Write your whole name and whom you visited, or call reception.")


def test_reception_is_called_from_every_step(stand: Open, reception: Reception) -> None:
    tablet = stand()
    for step in ("welcome", "begin", "who", "you", "photo", "rules", "wait", "code", "parcel", "out", "done", "list", "member", "rooms"):
        home = "footer" if step == "welcome" else f"[data-screen={step}]"
        assert tablet.page.locator(f"{home} [data-reception]").count() == 1, step
    tablet.begins()
    tablet.tap("[data-reception]")
    tablet.reads("Reception is on its way to you.")


def test_two_languages_and_what_was_typed_stays(stand: Open) -> None:
    tablet = stand()
    tablet.begins()
    tablet.write("host", "Laura Güemes Ñuño")
    tablet.tap("[data-language=en]")
    assert tablet.page.evaluate("document.documentElement.lang") == "en"
    expect(tablet.page.locator("[data-screen=who] h1:visible")).to_have_text("Whom do you visit?", use_inner_text=True)
    expect(tablet.page.locator("[data-field=host]")).to_have_value("Laura Güemes Ñuño")
    tablet.on()
    tablet.tap("#host-yes")
    tablet.on()
    expect(tablet.page.locator("#e-contact")).to_have_text("Please fill this in.", use_inner_text=True)
    tablet.tap("[data-language=es]")
    expect(tablet.page.locator("#e-contact")).to_have_text(tablet.reception.house.says("Please fill this in."), use_inner_text=True)


def test_every_step_can_be_used_by_everybody_at_any_size(stand: Open, reception: Reception, rules: None) -> None:
    tablet = stand(script=CAMERA)
    tablet.page.evaluate(AXE)
    tablet.look()
    tablet.tap("footer [data-privacy]")
    tablet.look()
    tablet.tap("dialog[open] .main")
    tablet.tap("[data-go=begin]")
    tablet.look()
    tablet.tap("[data-kind=supplier]:not(body)")
    tablet.write("host", "Laura Güemes Ñuño")
    tablet.on()
    expect(tablet.page.locator("#host-yes")).to_be_visible()
    tablet.look()
    tablet.tap("#host-yes")
    tablet.on()
    tablet.look()
    tablet.page.reload()
    tablet.page.evaluate(AXE)
    tablet.begins()
    tablet.names_host()
    tablet.says_who("Para Ver", "5577778888")
    tablet.look()
    tablet.tap("#no-photo")
    tablet.at("rules")
    tablet.look()
    tablet.signs()
    tablet.at("wait")
    tablet.look()
    tablet.tap("[data-screen=wait] [data-home]")
    for name in ("code", "out", "parcel", "list"):
        tablet.tap(f"[data-go={name}]")
        tablet.at(name)
        tablet.look()
        tablet.tap(f"[data-screen={name}] [data-back]")
    of_the_scanner = ("via https", "willReadFrequently")
    assert [each for each in tablet.eyes.complaints if not any(known in each for known in of_the_scanner)] == []


def test_a_step_weighs_little(stand: Open) -> None:
    seen: list[Any] = []
    tablet = stand(watch=lambda page: page.on("requestfinished", lambda each: seen.append(each)))
    tablet.kept()
    tablet.page.wait_for_timeout(300)
    seen.clear()
    weights = {}

    def weigh(step: str) -> None:
        tablet.page.wait_for_timeout(150)
        sizes = [each.sizes() for each in seen]
        weights[step] = sum(max(size["responseBodySize"], 0) + size["requestBodySize"] for size in sizes)
        seen.clear()

    tablet.begins()
    weigh("begin")
    tablet.names_host()
    weigh("who")
    tablet.says_who("Peso Ligero")
    weigh("you")
    tablet.tap("#no-photo")
    tablet.at("wait")
    weigh("wait")
    tablet.tap("[data-screen=wait] [data-home]")
    for step in ("code", "member", "parcel", "out", "list"):
        tablet.tap(f"[data-go={step}]")
        tablet.at(step)
        weigh(step)
        tablet.tap(f"[data-screen={step}] [data-back]")
    assert max(weights.values()) <= 15 * 1024, weights
