"""Mariana's board shows who comes; she registers, lets in, signs out, and keeps what must be kept."""

from __future__ import annotations

import io
import re
import subprocess
import time
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from fastoffice import clock, housekeeping
from fastoffice.documents.files import files
from fastoffice.documents.storage import StorageError
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.service import Call, log_call
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.notifications.preview import message_of
from fastoffice.visitors import service
from fastoffice.visitors.models import HouseRules, Invitation, LegalNotice, Visit
from fastoffice.visitors.service import Signed
from tests.factories.lobby import MARIANA, TABLET, TEN, Lobby
from tests.factories.people import Cast, make_branch
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements

HOSTILE = "<script>alert(1)</script>{{7*7}}<b hx-get=/x>"


@pytest.fixture(autouse=True)
def ten_o_clock():
    with clock.fixed_at(TEN):
        yield


@pytest.fixture
def lobby(cast: Cast) -> Lobby:
    return Lobby(cast.polanco)


def see(browser: Browser, address: str, status: int = 200, **more: object) -> str:
    answer = browser.get(address, **more)
    assert answer.status_code == status, answer.text
    return answer.text


def send(browser: Browser, address: str, /, status: int = 303, **form: object) -> str:
    answer = browser.post(address, data={"request_key": "form-1", **form})
    assert answer.status_code == status, answer.text
    return answer.text


def the_visit() -> Visit:
    return db.session.scalars(sa.select(Visit).execution_options(populate_existing=True)).one()


def a_picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, "JPEG")
    return io.BytesIO(out.getvalue())


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_the_board_shows_who_waits_and_swaps_only_itself(lobby: Lobby, mariana: Browser) -> None:
    came = lobby.arrive()
    page = see(mariana, "/staff/visits/")
    assert "Ana Pérez" in page
    assert "Güemes" in page
    fragment = see(mariana, "/staff/visits/", headers=htmx_headers("/staff/visits/"))
    assert fragment.count('id="board"') == 1
    assert "<html" not in fragment
    send(mariana, f"/staff/visits/{came.visit_id}/entrance", back="board")
    assert the_visit().state == "in"
    send(mariana, f"/staff/visits/{came.visit_id}/exit")
    assert (the_visit().state, the_visit().left_by) == ("out", "reception")
    send(mariana, f"/staff/visits/{came.visit_id}/exit", status=409)
    assert "Ana Pérez" not in see(mariana, "/staff/visits/")


def test_a_board_that_nothing_happened_to_is_asked_for_at_little_cost(lobby: Lobby, mariana: Browser) -> None:
    came = lobby.arrive()

    def asked(seen: str):
        return mariana.get(f"/staff/visits/?seen={seen}", headers=htmx_headers("board"))

    def mark(page: str) -> str:
        return page.split("seen=")[1].split('"')[0]

    first = mark(see(mariana, "/staff/visits/"))
    with counted_statements() as seen:
        answer = asked(first)
    assert (answer.status_code, answer.data) == (204, b"")
    assert len(seen) <= 8
    lobby.do(lambda _branch: service.answer_by_link(lobby.link(came), "coming", "Bajo", TEN))
    page = asked(first)
    assert (page.status_code, "Bajo" in page.text) == (200, True)
    assert mark(page.text) != first


def test_she_registers_a_visit_for_somebody_and_the_host_is_told(lobby: Lobby, mariana: Browser) -> None:
    found = see(mariana, "/staff/visits/hosts?host=gue", headers=htmx_headers())
    assert f'value="{lobby.guemes.id}"' in found
    assert "Eva" in send(mariana, "/staff/visits/new", status=422, name="Eva", host="nadie", kind="visit")
    for _ in range(2):
        send(mariana, "/staff/visits/new", name="Eva Sol", host="guemes", kind="visit", note="Trae planos")
    visit = the_visit()
    assert (visit.visitor_name, visit.client_id, visit.signed_in_by) == ("Eva Sol", lobby.guemes.id, "reception")
    assert lobby.notices == ["visitor_arrived"]
    assert "Trae planos" in see(mariana, f"/staff/visits/{visit.id}")


def test_reception_is_called_and_somebody_goes(lobby: Lobby, mariana: Browser) -> None:
    lobby.arrive("Nadie Conocido")
    page = see(mariana, "/staff/visits/")
    call = page.split("/staff/visits/calls/")[1].split("/")[0]
    send(mariana, f"/staff/visits/calls/{call}/attendance")
    assert lobby.wanted == []


def test_history_is_searched_without_accents_and_exported_without_formulas(
        lobby: Lobby, mariana: Browser, manager: Browser) -> None:
    lobby.arrive(name="José Núñez")
    lobby.arrive(name="=HYPERLINK(1)", kind="supplier")
    assert "José Núñez" in see(mariana, "/staff/visits/history?q=nunez")
    assert "José Núñez" not in see(mariana, "/staff/visits/history?q=otra")
    assert "José Núñez" not in see(mariana, "/staff/visits/history?kind=supplier")
    assert "José Núñez" not in see(mariana, "/staff/visits/history?until=2026-12-01")
    see(mariana, "/staff/visits/history.csv", status=403)
    text = see(manager, "/staff/visits/history.csv?q=hyperlink")
    assert "'=HYPERLINK(1)" in text
    assert "José" not in text
    assert manager.get("/staff/visits/history.xlsx").data[:2] == b"PK"


def test_what_visitors_write_stays_text_on_every_page(lobby: Lobby, mariana: Browser) -> None:
    came = lobby.arrive(HOSTILE, name=HOSTILE, company=HOSTILE)
    for address in ("/staff/visits/", "/staff/visits/history", f"/staff/visits/{came.visit_id}", "/staff/visits/evacuation"):
        page = see(mariana, address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


def test_the_evacuation_list_tells_real_exits_from_automatic_ones(lobby: Lobby, mariana: Browser) -> None:
    lobby.arrive(name="Eva Dentro")
    lobby.arrive(name="Iris Ayer", now=TEN - timedelta(hours=16))
    lobby.tick(TEN)
    page = see(mariana, "/staff/visits/evacuation")
    assert ">10:00<" in page
    assert "1 dic 2026, 18:00" in page, "who came on another day has it beside the hour"
    assert "Eva Dentro" in page
    assert "data-print" in page
    paper = text_of(mariana.get("/staff/visits/evacuation.pdf").data)
    assert re.search(r"Eva Dentro.*\s10:00", paper)
    assert "1 dic 2026" in paper


def test_an_invitation_is_sent_and_called_off(lobby: Lobby, mariana: Browser) -> None:
    form = {"host": "guemes", "name": "Eva Sol", "day": "2026-12-03", "hour": "16:00", "kind": "visit"}
    assert "Eva Sol" in send(mariana, "/staff/visits/invitations/new", status=422, **form)
    send(mariana, "/staff/visits/invitations/new", status=422, **{**form, "email": "eva@x.mx", "day": "2026-11-01"})
    send(mariana, "/staff/visits/invitations/new", **form, email="eva@x.mx")
    row = db.session.scalars(sa.select(Invitation)).one()
    assert lobby.notices == ["visit_invitation"]
    assert "Eva Sol" in see(mariana, "/staff/visits/invitations")
    send(mariana, f"/staff/visits/invitations/{row.id}/cancellation")
    send(mariana, f"/staff/visits/invitations/{row.id}/cancellation")
    assert lobby.notices == ["visit_invitation", "visit_cancelled"]


def test_nobody_is_invited_for_another_branchs_client(lobby: Lobby, mariana: Browser) -> None:
    theirs = Lobby(make_branch("QRO")).guemes_id
    form = {"client": theirs, "name": "Eva Sol", "email": "eva@x.mx", "day": "2026-12-03", "hour": "16:00", "kind": "visit"}
    send(mariana, "/staff/visits/invitations/new", status=422, **form)
    assert db.session.scalars(sa.select(Invitation)).all() == []


def test_a_blocked_name_is_shown_to_staff_alone(lobby: Lobby, mariana: Browser, manager: Browser) -> None:
    send(mariana, "/staff/visits/block-list", status=422, name="José Núñez", reason=" ")
    for _twice in range(2):
        send(mariana, "/staff/visits/block-list", name="José Núñez", reason="Amenazas")
    came = lobby.arrive(name="jose nunez")
    assert lobby.visit(came).blocked
    entry = see(manager, "/staff/visits/block-list").split("/block-list/")[1].split("/")[0]
    send(mariana, f"/staff/visits/block-list/{entry}/removal", status=403)
    send(manager, f"/staff/visits/block-list/{entry}/removal")
    assert not lobby.visit(lobby.arrive(name="jose nunez")).blocked
    send(mariana, f"/staff/visits/{came.visit_id}/host-call")
    assert lobby.calls(came) == [("host", "Laura Güemes Ñuño")]


def unpacked(browser: Browser, contact: str) -> dict[str, bytes]:
    """What a person is handed out."""
    answer = browser.post("/staff/visits/people.zip", data={"contact": contact})
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_persons_data_is_handed_out_and_erased(lobby: Lobby, manager: Browser, mariana: Browser) -> None:
    photo, drawn = files().put(b"her face", "image/jpeg").sha256, files().put(b"her name", "image/png").sha256
    rules = lobby.do(lambda branch: service.write_rules(branch, "rules", {"es": "No fumar"}, ["visit"], MARIANA, TEN).id)
    came = lobby.arrive(contact="ana@x.mx", remember=True, photo_sha256=photo, signed=[Signed(rules, drawn)])
    lobby.do(lambda branch: service.sign_out(branch, came.badge, TABLET, TEN))
    see(mariana, "/staff/visits/people", status=403)
    assert "people.zip" not in send(manager, "/staff/visits/people", status=200, contact="otra@x.mx")
    assert "people.zip" in send(manager, "/staff/visits/people", status=200, contact="ana@x.mx")
    assert "people.zip" not in see(manager, "/staff/visits/people?contact=ana@x.mx"), "no address of a page names anybody"
    send(manager, "/staff/visits/people.zip", status=422, contact="ana@x.mx, eva@x.mx")
    kept = unpacked(manager, "ANA@x.mx")
    assert "Ana Pérez" in kept.pop("datos.json").decode()
    assert sorted(kept.values()) == [b"her face", b"her name"]
    send(manager, "/staff/visits/people/erasure", contact="ana@x.mx")
    visit = the_visit()
    assert (visit.visitor_name, visit.email, visit.search_text, visit.photo_sha256) == ("", "", "", None)
    assert set(unpacked(manager, "ana@x.mx")) == {"datos.json"}
    assert "Ana" not in unpacked(manager, "ana@x.mx")["datos.json"].decode()
    assert "Ana" not in see(manager, "/staff/visits/history")
    housekeeping.forget_files_without_rows(time.time() + 2 * 86_400)
    for gone in (photo, drawn):
        with pytest.raises(StorageError):
            files().get(gone)


def test_who_called_is_handed_out_and_erased_too(lobby: Lobby, manager: Browser) -> None:
    client_id = lobby.guemes_id
    for caller, phone in (("Ana Pérez", "+52 (55) 1234-5678"), ("Otra", "55 8765 4321")):
        call = Call(request_key=caller, kind="call", caller=caller, phone=phone, note=f"Que le llamen a {caller}")
        lobby.do(lambda branch, one=call: log_call(branch, client_id, one, MARIANA, TEN))
    assert "Ana Pérez" not in str(db.session.scalars(sa.select(Notice.context)).all()), "nobody's name waits in the outbox"
    first = db.session.scalars(sa.select(Delivery).order_by(Delivery.id)).first()
    assert "Que le llamen a Ana Pérez" in message_of(first).text
    assert "Que le llamen a Ana" in unpacked(manager, "5512345678")["datos.json"].decode()
    send(manager, "/staff/visits/people/erasure", contact="55 1234 5678")
    assert [(item.sender, item.phone, item.note) for item in db.session.scalars(sa.select(MailItem).order_by(MailItem.id))] == [
        ("—", "", ""), ("Otra", "55 8765 4321", "Que le llamen a Otra")]


def test_rules_that_change_are_a_new_version_and_the_policy_is_kept(lobby: Lobby, manager: Browser) -> None:
    page = see(manager, "/staff/visits/lobby")
    version = page.split('name="version" value="')[1].split('"')[0]
    days = {f"{kind}-{what}": "30" for kind in ("visit", "interview", "supplier", "delivery", "authority") for what in ("photo", "data")}
    form = {"version": version, "closes_at": "19:30", "privacy_notice": "Aviso", "asks_photo": "y", **days}
    send(manager, "/staff/visits/lobby", **form)
    assert 'value="19:30"' in see(manager, "/staff/visits/lobby")
    send(manager, "/staff/visits/lobby", status=422, **form)  # the second of two tabs
    send(manager, "/staff/visits/lobby/rules/rules", text_es="No fumar", visit_kinds=["visit"])
    send(manager, "/staff/visits/lobby/rules/rules", text_es="No fumar. No correr.", visit_kinds=["visit"])
    send(manager, "/staff/visits/lobby/rules/rules", status=422, text_es="")
    assert 'name="number" value="2"' in see(manager, "/staff/visits/lobby")
    late = send(manager, "/staff/visits/lobby/rules/rules", status=422, text_es="Lo de otra pestaña", number="1")
    assert "Lo de otra pestaña" in late, "the second of two tabs is told, and keeps what it typed"
    send(manager, "/staff/visits/lobby/rules/rules", text_es="No fumar. No correr.", visit_kinds=["visit"], number="1")
    rows = list(db.session.scalars(sa.select(HouseRules).order_by(HouseRules.number)))
    assert [(row.number, row.texts["es"], row.ended_at is None) for row in rows] == [
        (1, "No fumar", False), (2, "No fumar. No correr.", True)]
    send(manager, "/staff/visits/lobby/rules/rules/end")
    send(manager, "/staff/visits/lobby/rules/menu", status=404)


def test_a_legal_notice_alerts_the_client_and_gives_its_evidence(lobby: Lobby, mariana: Browser) -> None:
    form = {"host": "guemes", "authority": "SAT", "official_name": "Lic. Ruiz", "official_id": "ID-1",
            "document_number": "500-05-2026", "subject": "Requerimiento"}
    page = send(mariana, "/staff/visits/notices/new", status=422, **form)
    assert "Lic. Ruiz" in page
    send(mariana, "/staff/visits/notices/new", status=422, **{**form, "official_id": ""}, document=(a_picture(), "o.jpg"))
    nothing = send(mariana, "/staff/visits/notices/new", status=422, **dict.fromkeys(form, ""))
    assert nothing.count('aria-invalid="true"') >= 6, "all that is missing is said at once"
    for _ in range(2):
        send(mariana, "/staff/visits/notices/new", **form, document=(a_picture(), "o.jpg"))
    row = db.session.scalars(sa.select(LegalNotice)).one()
    assert lobby.notices == ["legal_notice", "legal_alert", "legal_notice"]
    mails = db.session.scalars(sa.select(Delivery).join(Notice).where(Notice.kind == "legal_notice").order_by(Delivery.id))
    assert [mail.recipients for mail in mails] == [["laura@guemes.mx"], ["tomas@guemes.mx"]], "a link for each of them"
    page = see(mariana, f"/staff/visits/notices/{row.id}")
    assert "500-05-2026" in page
    assert "tomas@guemes.mx" in page
    assert "Enviar el WhatsApp" in page, "reception sends what is prepared"
    assert mariana.get(f"/staff/visits/notices/{row.id}/document").data.startswith(b"\xff\xd8")
    paper = text_of(mariana.get(f"/staff/visits/notices/{row.id}/evidence.pdf").data)
    for label, value in (("Para", "Logística Güemes López"), ("Autoridad", "SAT"), ("Correo", "Tomás Rey · tomas@guemes.mx")):
        assert re.search(rf"{label} {{2,}}{value}", paper), "each beside its label, none over it"
    assert the_visit().kind == "authority"
    assert lobby.wanted == [], "nobody is called to whom reception received herself"


def test_an_official_who_signed_in_at_the_tablet_is_the_one_of_the_notice(lobby: Lobby, mariana: Browser) -> None:
    came = lobby.arrive("Güemes", kind="authority", name="Lic. Ruiz", company="SAT",
                        details={"identification": "ID-1", "document": "500-05-2026"})
    link = f"/staff/visits/notices/new?visit={came.visit_id}"
    assert link in see(mariana, "/staff/visits/")
    assert link in see(mariana, f"/staff/visits/{came.visit_id}")
    page = see(mariana, link)
    for written in ("Lic. Ruiz", "SAT", "ID-1", "500-05-2026"):
        assert f'value="{written}"' in page
    form = {"client": str(lobby.guemes_id), "visit": str(came.visit_id), "authority": "SAT", "official_name": "Lic. Ruiz",
            "official_id": "ID-1", "document_number": "500-05-2026", "subject": "Requerimiento"}
    for _ in range(2):
        send(mariana, "/staff/visits/notices/new", **form, document=(a_picture(), "o.jpg"))
    assert db.session.scalars(sa.select(LegalNotice)).one().visit_id == the_visit().id == came.visit_id
    assert lobby.wanted == []
    assert link not in see(mariana, f"/staff/visits/{came.visit_id}")
    guest = lobby.arrive()
    send(mariana, "/staff/visits/notices/new", status=404, **{**form, "visit": str(guest.visit_id)}, document=(a_picture(), "o.jpg"))


def test_the_badge_is_printed(lobby: Lobby, mariana: Browser) -> None:
    came = lobby.arrive()
    assert mariana.get(f"/staff/visits/{came.visit_id}/badge.pdf").data.startswith(b"%PDF")


def test_the_board_and_the_history_take_as_many_statements_for_one_as_for_many(lobby: Lobby, mariana: Browser) -> None:
    counts = []
    for _ in range(2):
        lobby.arrive()
        found = []
        for address in ("/staff/visits/", "/staff/visits/history"):
            with counted_statements() as seen:
                see(mariana, address)
            found.append(len(seen))
        counts.append(found)
        for _ in range(3):
            lobby.arrive("Tomás Rey")
            lobby.arrive("Nadie de Aquí")
    assert counts[0] == counts[1]


def test_another_branch_sees_nothing_of_it(lobby: Lobby, app, cast: Cast) -> None:
    came = lobby.arrive()
    ximena = Browser.of(app, cast.stranger)
    for address in (f"/staff/visits/{came.visit_id}", f"/staff/visits/{came.visit_id}/badge.pdf"):
        see(ximena, address, status=404)
    send(ximena, f"/staff/visits/{came.visit_id}/exit", status=404)
    for address in ("/staff/visits/", "/staff/visits/history", "/staff/visits/evacuation"):
        assert "Ana Pérez" not in see(ximena, address)
