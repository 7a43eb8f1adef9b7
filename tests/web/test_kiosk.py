"""The tablet's page and calls: its own branch alone, nothing kept, nobody listed, sent once however often it is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image

from fastoffice import clock, transaction
from fastoffice.bookings.models import Booking
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity import devices
from fastoffice.identity.devices import COOKIES, Device
from fastoffice.identity.service import deactivate
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.service import nominees
from fastoffice.visitors import service
from fastoffice.visitors.models import BlockEntry, ReceptionCall, RulesSignature, Visit, VisitPolicy
from tests.factories.devices import offer
from tests.factories.lobby import TEN, Lobby
from tests.factories.people import ACTOR, make_branch, make_user
from tests.factories.rooms import book, make_room, wall, wish
from tests.web.browser import Browser
from tests.web.statements import counted_statements
from tests.web.tablet import Tablet


@pytest.fixture
def lobby(app):
    with clock.fixed_at(TEN):
        yield Lobby()


@pytest.fixture
def tablet(app, lobby: Lobby) -> Tablet:
    return Tablet(app, lobby.branch)


def picture(mode: str = "RGB", kind: str = "JPEG") -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new(mode, (64, 48), 90).save(out, kind)
    out.seek(0)
    return out, "photo.jpg"


def visits() -> list[Visit]:
    return list(db.session.scalars(sa.select(Visit).order_by(Visit.id)))


def write_rules(lobby: Lobby, text: str) -> int:
    return lobby.do(lambda branch: service.write_rules(branch, "rules", {"es": text, "en": "No smoking"}, ["visit"], ACTOR, TEN).id)


# ---- pairing ----

def test_a_browser_becomes_the_tablet_by_the_code_and_nobody_stays_signed_in(lobby: Lobby, app) -> None:
    manager = make_user("manager", [lobby.branch])
    browser = Browser.of(app, manager)
    assert "/kiosk/pairing" in browser.get("/kiosk/").text
    assert browser.post("/kiosk/pairing", data={"code": "NOTACODE"}).status_code == 422
    answer = browser.post("/kiosk/pairing", data={"code": offer(lobby.branch).spoken})
    assert (answer.status_code, answer.location) == (303, "/kiosk/")
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith(COOKIES["kiosk"]))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert browser.get("/kiosk/").headers["X-Kiosk-Shell"]
    assert browser.get("/staff/").location == "/kiosk/"
    browser.delete_cookie(COOKIES["kiosk"])
    assert browser.get("/staff/").location.startswith("/sign-in"), "the manager's session ended as it was paired"


def test_the_tablet_outlives_passwords_roles_and_people(tablet: Tablet, lobby: Lobby) -> None:
    manager = make_user("manager", [lobby.branch])
    key = manager.id
    transaction.run(lambda: deactivate(ACTOR, db.session.get_one(type(manager), key), version=1))
    assert tablet.arrive().json["told"] is True


def test_a_stolen_tablet_is_ended_by_one_click(tablet: Tablet, lobby: Lobby) -> None:
    lobby.do(lambda branch: devices.end_device(branch, tablet.device_id, ACTOR, TEN))
    assert tablet.arrive().status_code == 401
    page = tablet.browser.get("/kiosk/")
    assert "/kiosk/pairing" in page.text
    assert "X-Kiosk-Shell" not in page.headers
    assert page.headers["Clear-Site-Data"] == '"storage"', "nor does it keep what was sealed, if it was off meanwhile"
    assert tablet.browser.get_cookie(COOKIES["kiosk"]) is None


@pytest.mark.parametrize("root", ["/kiosk/", "/panel/"])
def test_the_page_that_pairs_speaks_every_language_and_its_answer_too(app, lobby: Lobby, root: str) -> None:
    browser = app.test_client()
    for language, word in (("es", "Código"), ("en", "Code"), ("ro", "Cod")):
        assert f">{word}<" in browser.get(f"{root}?language={language}").text.replace("<span>", "").replace("</span>", "<")
    wrong = browser.post(f"{root}pairing?language=en", data={"code": "NOTACODE"})
    assert "This code is not valid any more." in wrong.text


def test_a_panel_that_becomes_a_tablet_is_a_panel_no_more(app, lobby: Lobby) -> None:
    browser = app.test_client()
    browser.get("/kiosk/")
    browser.set_cookie(COOKIES["panel"], "of before")
    token = browser.post("/kiosk/pairing", data={"code": offer(lobby.branch).spoken})
    assert token.location == "/panel/", "while it is one, there is no way out"
    browser.delete_cookie(COOKIES["panel"])
    answer = browser.post("/kiosk/pairing", data={"code": offer(lobby.branch).spoken})
    gone = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith(COOKIES["panel"])]
    assert "Max-Age=0" in gone[0]


@pytest.mark.parametrize("typed", ["/admin", "/staff/", "/portal/", "/pay/x", "/sign-in", "/", "/nowhere", "/kiosks"])
def test_no_address_leads_out(tablet: Tablet, typed: str) -> None:
    answer = tablet.browser.get(typed)
    assert (answer.status_code, answer.location) == (303, "/kiosk/")


def test_pages_of_others_cannot_make_its_calls(tablet: Tablet) -> None:
    plain = tablet.browser.post("/kiosk/visits", data={"key": "k"}, csrf=False)
    assert plain.status_code == 400
    foreign = tablet.browser.post("/kiosk/visits", data={"key": "k"}, csrf=False,
                                  headers={"X-Device-Call": "1", "Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400


# ---- what is kept ----

def test_the_page_knows_nobody_and_nothing_is_kept(tablet: Tablet) -> None:
    tablet.arrive(name="Zenobia Única")
    for path in ("/kiosk/", "/kiosk/visits/k-1"):
        answer = tablet.browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Zenobia" not in answer.text
    page = tablet.browser.get("/kiosk/")
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert not re.findall(r'href="(?!/kiosk/|/static/)', page.text), "no link leads elsewhere"
    assert all('autocomplete="off"' in field for field in re.findall(r"<input[^>]*type=\"(?:text|password)\"[^>]*>", page.text))


def test_every_word_of_the_page_is_there_in_every_language(tablet: Tablet) -> None:
    text = tablet.browser.get("/kiosk/").text
    counts = {text.count(f'<span lang="{code}">') for code in ("es", "en", "ro")}
    assert len(counts) == 1
    assert counts.pop() > 80


# ---- whom ----

def test_three_letters_find_nobody_and_a_whole_name_is_confirmed_alone(tablet: Tablet) -> None:
    assert tablet.tell("hosts", text="lau").json == {"state": "none", "host": "", "label": ""}
    found = tablet.tell("hosts", text="laura guemes nuno").json
    assert (found["state"], found["label"]) == ("found", "Laura Güemes Ñuño")


def test_trying_names_out_comes_to_an_end(tablet: Tablet) -> None:
    for path, field in (("hosts", "text"), ("rules", "contact")):
        answers = {tablet.tell(path, kind="visit", **{field: f"55123456{number}"}).status_code for number in range(10, 35)}
        assert answers == {200, 429}, path


def test_a_returning_visitor_is_known_by_the_whole_telephone_and_only_with_consent(tablet: Tablet) -> None:
    tablet.arrive("k-1", contact="5511112222", remember="y")
    tablet.arrive("k-2", name="Sin Permiso", contact="5533334444")
    known = tablet.tell("guests", contact="55 1111 2222").json
    assert known == {"name": "Ana Pérez", "company": "Consultores"}
    for other in ("5533334444", "111", "55111", "ana", ""):
        assert tablet.tell("guests", contact=other).json == {"name": "", "company": ""}


# ---- signing in ----

def test_sent_three_times_it_is_one_visit(tablet: Tablet) -> None:
    answers = [tablet.arrive("same-key").json for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(visits()) == 1


def test_the_answer_shows_on_the_tablet(tablet: Tablet, lobby: Lobby) -> None:
    tablet.arrive("k-1")
    key = visits()[0].id
    lobby.do(lambda _branch: service.answer(db.session.get_one(Visit, key), "coming", ACTOR, TEN, note="Bajo ya"))
    assert tablet.browser.get("/kiosk/visits/k-1").json == {"state": "coming", "note": "Bajo ya", "told": True, "escalated": False}


def test_another_branch_learns_nothing_of_it(tablet: Tablet, app) -> None:
    tablet.arrive("k-1")
    other = Tablet(app, make_branch("TIJ"))
    assert other.browser.get("/kiosk/visits/k-1").status_code == 404
    assert other.tell("exits", text="Ana Pérez").json == {"gone": False}


def test_a_photo_is_kept_and_one_that_cannot_be_read_stops_nobody(tablet: Tablet) -> None:
    assert tablet.arrive("k-1", photo=picture()).status_code == 200
    assert tablet.arrive("k-2", photo=(BytesIO(b"\xff\xd8 broken"), "photo.jpg")).status_code == 200
    first, second = visits()
    assert len(first.photo_sha256 or "") == 64
    assert second.photo_sha256 is None


def test_house_rules_are_signed_and_again_when_they_change(tablet: Tablet, lobby: Lobby) -> None:
    first = write_rules(lobby, "No fumar")
    refused = tablet.arrive("k-1")
    assert (refused.status_code, refused.json["rules"]) == (422, [first])
    sign = {f"signature-{first}": picture("L", "PNG")}
    assert tablet.arrive("k-1", **sign).status_code == 200
    assert tablet.tell("rules", kind="visit", contact="5512345678").json == {"rules": []}
    second = write_rules(lobby, "No fumar ni gritar")
    assert tablet.tell("rules", kind="visit", contact="5512345678").json == {"rules": [second]}
    assert tablet.arrive("k-2").status_code == 422
    kept = db.session.scalars(sa.select(RulesSignature)).one()
    assert kept.text == "No fumar", "the old signature keeps its text"


def test_a_signature_that_is_no_picture_is_none(tablet: Tablet, lobby: Lobby) -> None:
    rules = write_rules(lobby, "No fumar")
    assert tablet.arrive("k-1", **{f"signature-{rules}": (BytesIO(b"scribble"), "s.png")}).status_code == 422
    assert visits() == []


def test_what_waited_without_network_keeps_its_hour_and_is_never_lost(tablet: Tablet, lobby: Lobby) -> None:
    assert tablet.arrive("k-1", age="1200", kept="y").json["state"] == "waiting"
    assert visits()[0].arrived_at == TEN - timedelta(minutes=20)
    write_rules(lobby, "Escritas mientras no había red")
    assert tablet.arrive("k-2", age="60", kept="y", name="Eva Sol").json == {"state": "kept"}
    assert "Eva Sol" in " ".join(db.session.scalars(sa.select(ReceptionCall.note)))


def test_a_blocked_name_is_told_nothing(tablet: Tablet, lobby: Lobby) -> None:
    lobby.do(lambda branch: db.session.add(BlockEntry(
        branch_id=branch.id, name="José Núñez", name_key="jose nunez", reason="Amenazas", created_at=TEN, created_by="M")))
    blocked, free = tablet.arrive("k-1", name="jose nunez", host_text="Nadie").json, tablet.arrive("k-2", host_text="Nadie").json
    assert set(blocked) == set(free)
    assert (blocked["state"], blocked["told"]) == (free["state"], free["told"])
    assert lobby.wanted == ["blocked", "no_host"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{7*7}}", "hx-get=/x", "\u202eabc", "ñ" * 119, "José"])
def test_whatever_is_typed_is_text(tablet: Tablet, text: str) -> None:
    assert tablet.arrive("k-1", name=f"A {text}"[:120], company=text, host_text=text).status_code == 200


def test_what_is_missing_is_said_in_the_language_of_the_page(tablet: Tablet) -> None:
    said = tablet.arrive("k-1", name=" . ", language="en")
    assert (said.status_code, said.json["field"], said.json["message"]) == (422, "name", "Please write your name.")
    assert tablet.arrive("", name="Eva").status_code == 422


# ---- invited, leaving, calling ----

def test_an_invitation_that_does_not_count_is_answered_calmly_and_reception_comes(tablet: Tablet, lobby: Lobby) -> None:
    assert tablet.tell("invitations", key="k-1", code="K7QX-2MPB").json == {
        "standing": "no", "host": "", "label": "", "name": "", "company": "", "kind": "visit"}
    assert lobby.wanted == ["invitation"]


def test_out_by_code_and_by_name_once(tablet: Tablet) -> None:
    badge = tablet.arrive("k-1").json["badge"]
    tablet.arrive("k-2", name="Eva Sol")
    assert tablet.tell("exits", text=badge.lower()).json == {"gone": True}
    assert tablet.tell("exits", text="eva sól").json == {"gone": True}
    assert tablet.tell("exits", text="eva sol").json == {"gone": False}
    assert {visit.left_by for visit in visits()} == {"qr", "name"}


def test_reception_is_called_once_however_often_it_is_pressed(tablet: Tablet, lobby: Lobby) -> None:
    for _ in range(3):
        assert tablet.tell("calls", key="press-1").json == {"called": True}
    assert lobby.wanted == ["help"]


def test_a_parcel_is_delivered(tablet: Tablet, lobby: Lobby) -> None:
    said = tablet.tell("visits", key="p-1", kind="delivery", company="DHL", host_text="Güemes", photo=picture())
    assert said.json["state"] == "out"
    assert lobby.wanted == ["delivery"]
    nobodys = tablet.tell("visits", key="p-2", kind="delivery", company="Estafeta")
    assert nobodys.status_code == tablet.tell("visits", key="p-2", kind="delivery", company="Estafeta").status_code == 200
    pieces = [(each.client_id, each.carrier, bool(each.photo_sha256)) for each in db.session.scalars(sa.select(MailItem).order_by(MailItem.id))]
    assert pieces == [(lobby.guemes.id, "DHL", True), (None, "Estafeta", False)], "unknown names lie in the tray"


def test_a_badge_is_printed_by_reception_and_asked_for_once(tablet: Tablet, lobby: Lobby) -> None:
    tablet.arrive("k-1")
    assert tablet.tell("visits/k-1/badge").status_code == 404, "this lobby has no labels"
    lobby.do(lambda branch: db.session.add(VisitPolicy(branch_id=branch.id, prints_badge=True)))
    for _ in range(2):
        assert tablet.tell("visits/k-1/badge").json == {"asked": True}
    assert lobby.wanted == ["badge"]


# ---- a room, by somebody of a client ----

def test_until_when_a_room_can_be_had_shows_on_the_first_page(tablet: Tablet, lobby: Lobby) -> None:
    assert tablet.tell("sync").json["rooms"] == ""
    room = make_room(lobby.branch, "Sala Norte", buffer_after=15)
    assert tablet.tell("sync").json["rooms"] == "20:00"
    book(lobby.branch, wish(room, wall(2, 12), wall(2, 13)))
    with counted_statements() as few:
        assert tablet.tell("sync").json["rooms"] == "11:45"
    for hour in (14, 15, 16):
        book(lobby.branch, wish(make_room(lobby.branch), wall(2, 10), wall(2, hour)))
    with counted_statements() as many:
        assert tablet.tell("sync").json["rooms"] == "11:45"
    assert len(many) == len(few)
    book(lobby.branch, wish(room, wall(2, 10), wall(2, 11)), TEN)
    with clock.fixed_at(TEN + timedelta(hours=10)):
        assert tablet.tell("sync").json["rooms"] == "", "the house is shut"


def a_member(lobby: Lobby, pin: str = "4711") -> None:
    key = lobby.guemes.id
    lobby.do(lambda _branch: nominees.name_one(db.session.get_one(Client, key), "Laura Güemes", pin, ACTOR, TEN))


def test_a_named_person_with_a_pin_books_what_is_free_now_at_the_price_that_was_shown(tablet: Tablet, lobby: Lobby) -> None:
    a_member(lobby)
    make_room(lobby.branch, "Sala Norte")
    make_room(lobby.branch, "Cabina", kind="booth", capacity=1)
    member = tablet.tell("members", text="Güemes", name="laura guemes", pin="4711").json["member"]
    [north] = tablet.tell("rooms", member=member, minutes="60", people="6").json["rooms"]
    assert (north["name"], north["from"], north["until"], north["refusal"]) == ("Sala Norte", "10:00", "11:00", "")
    assert north["price"] == "$348.00"
    form = {"member": member, "room": north["id"], "starts": north["starts"], "minutes": "60", "people": "6", "shown": north["shown"]}
    for _ in range(2):
        assert tablet.tell("bookings", key="b-1", **form).json == {"room": "Sala Norte", "until": "11:00", "asks": False}
    booking = db.session.scalars(sa.select(Booking)).one()
    assert (booking.client_id, booking.origin, booking.organiser_name) == (lobby.guemes.id, "kiosk", "Laura Güemes")
    for odd in ({"starts": "soon"}, {"starts": "9999-12-31T23:59"}, {"starts": ""}, {"minutes": "²"}):
        assert tablet.tell("bookings", key="b-3", **{**form, **odd}).status_code == 422, odd
    refused = tablet.tell("bookings", key="b-2", **form)
    assert refused.status_code == 422
    assert refused.json["message"]
    [north] = tablet.tell("rooms", member=member, minutes="60", people="6").json["rooms"]
    assert north["refusal"]


def test_whoever_has_no_right_pin_books_nothing_and_five_wrong_ones_lock_it(tablet: Tablet, lobby: Lobby) -> None:
    a_member(lobby)
    room = make_room(lobby.branch).id
    for wrong in ({"pin": "1"}, {"name": "Otra"}, {"text": "Nadie"}, {"pin": "4712"}, {"pin": "4713"}, {"pin": "4714"}, {"pin": "4715"}):
        said = tablet.tell("members", **{"text": "Güemes", "name": "Laura Güemes", "pin": "4711", **wrong})
        assert said.json == {"member": ""}, "which of the three was wrong is not told"
    assert tablet.tell("members", text="Güemes", name="Laura Güemes", pin="4711").json == {"member": ""}
    for made_up in ("", "x.y.z"):
        form = {"member": made_up, "room": room, "starts": "2026-12-02T10:00", "key": "b"}
        assert tablet.tell("bookings", **form).status_code == 422
        assert tablet.tell("rooms", member=made_up).status_code == 422
    assert db.session.scalars(sa.select(Booking)).all() == []


def test_how_long_the_answer_takes_tells_nobody_who_is_named(tablet: Tablet, lobby: Lobby, monkeypatch) -> None:
    a_member(lobby)
    tried: list[str] = []
    real = nominees.verify_password
    monkeypatch.setattr(nominees, "verify_password", lambda pin, hashed: tried.append(pin) or real(pin, hashed))
    for text, name, pin in (("Nadie", "Otra", "1111"), ("Güemes", "Otra", "2222"), ("Güemes", "Laura Güemes", "3333"),
                            *(("Güemes", "Laura Güemes", "4444"),) * 4, ("Güemes", "Laura Güemes", "5555")):
        assert tablet.tell("members", text=text, name=name, pin=pin).json == {"member": ""}
    assert tried == ["1111", "2222", "3333", *["4444"] * 4, "5555"], "one look at a hash each, the locked one too"


# ---- the list for an emergency ----

def test_the_evacuation_list_opens_by_its_pin_alone(app, lobby: Lobby) -> None:
    code = offer(lobby.branch)
    tablet = Tablet(app, lobby.branch)
    transaction.run(lambda: db.session.delete(db.session.get_one(Device, tablet.device_id)))
    _device, token = transaction.run(lambda: devices.pair("kiosk", code.code, TEN))
    tablet.browser.set_cookie(COOKIES["kiosk"], token)
    tablet.arrive("k-1")
    sealed = tablet.tell("sync").json["list"]
    assert "Ana" not in json.dumps(sealed)

    def opened(pin: str):
        key = hashlib.pbkdf2_hmac("sha256", pin.encode(), bytes.fromhex(sealed["salt"]), 600_000)
        plain = AESGCM(key).decrypt(base64.b64decode(sealed["iv"]), base64.b64decode(sealed["data"]), None)
        return json.loads(plain)["people"]

    assert [(each["name"], each["since"]) for each in opened(code.pin)] == [("Ana Pérez", "10:00")]
    with pytest.raises(InvalidTag):
        opened("000000" if code.pin != "000000" else "111111")


def test_being_there_is_noted(tablet: Tablet, lobby: Lobby) -> None:
    with clock.fixed_at(TEN + timedelta(minutes=7)):
        assert tablet.tell("sync").status_code == 200
    assert db.session.get_one(Device, tablet.device_id).last_seen_at == TEN + timedelta(minutes=7)


def test_the_application_is_small_and_full_screen(tablet: Tablet) -> None:
    manifest = tablet.browser.get("/kiosk/manifest.webmanifest").get_json(force=True)
    assert (manifest["scope"], manifest["display"], manifest["start_url"]) == ("/kiosk/", "fullscreen", "/kiosk/")
    worker = tablet.browser.get("/kiosk/sw.js").text
    files = json.loads(re.search(r"FILES = (\[.*?\]);", worker)[1])
    packed = {"Accept-Encoding": "br"}
    total = sum(len(tablet.browser.get(each, headers=packed).data) for each in ("/kiosk/", "/kiosk/sw.js", *files))
    assert total <= 90 * 1024, total

