"""A morning at the counter as Mariana types it, and Laura's page in the portal."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.clients.checks import ContactData
from fastoffice.clients.models import Client
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailAlias, MailHandover, MailItem, MailPolicy, MailRequest, MailSheet, Nominee
from fastoffice.mailroom.rules import states
from fastoffice.notifications.models import Delivery, Notice
from tests.factories.contracts import make_client, make_contract
from tests.factories.mail import announce, make_item, make_nominee, make_policy, make_request
from tests.factories.money import at
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements
from tests.web.test_requests_screens import HOSTILE, PDF


def png(width: int = 60, height: int = 20) -> bytes:
    """A small picture."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x10\x20\x30" * width for _row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


DRAWN = "data:image/png;base64," + base64.b64encode(png()).decode()


@pytest.fixture
def guemes(cast: Cast) -> Client:
    client = make_client(cast.polanco, "Logística Güemes López, S.C.", trade_name="Güemes", contacts=(
        ContactData("Laura Güemes", "laura@guemes.mx", "55 1234 5678"),))
    make_contract(client)
    return client


@pytest.fixture
def laura(guemes: Client, client: Browser) -> Browser:
    come_in(client, let_in(guemes))
    return client


def send(browser: Browser, address: str, /, status: int = 303, now=None, **form: object) -> str:
    with clock.fixed_at(now or at(4)):
        answer = browser.post(address, data=form)
    assert answer.status_code == status, answer.text
    return answer.location or answer.text


def see(browser: Browser, address: str, now=None, status: int = 200, **options: object) -> str:
    with clock.fixed_at(now or at(4)):
        answer = browser.get(address, **options)
    assert answer.status_code == status, answer.text
    return answer.text


def one(model: type) -> object:
    return db.session.scalars(sa.select(model).order_by(model.id.desc()).execution_options(populate_existing=True)).first()


def log(browser: Browser, addressee: str, status: int = 303, key: str = "", **form: object) -> str:
    return send(browser, "/staff/mail/items", status, request_key=key or f"{addressee}{form}", kind="parcel",
                addressee=addressee, **form)


def test_a_piece_is_one_line_and_the_next_one_is_ready(mariana: Browser, guemes: Client) -> None:
    page = see(mariana, "/staff/mail/")
    assert 'autofocus' in page
    key = re.search(r'name="request_key" value="(\w+)"', page)
    with clock.fixed_at(at(4)):
        answer = mariana.post("/staff/mail/items", headers=htmx_headers("/staff/mail/"), data={
            "request_key": key[1], "kind": "letter", "addressee": "guemes", "carrier": "DHL", "tracking": "jd 01"})
    assert answer.status_code == 200
    assert 'id="just-logged"' in answer.text
    assert 'value="DHL"' in answer.text, "the carrier of a stack of parcels is typed once"
    assert re.search(r'value="letter" checked', answer.text)
    assert key[1] not in answer.text
    item = one(MailItem)
    assert (item.client_id, item.tracking, item.kind) == (guemes.id, "JD01", "letter")


def test_whose_it_may_be_is_shown_while_typing_and_chosen_only_when_named_in_full(
        mariana: Browser, guemes: Client) -> None:
    headers = htmx_headers("/staff/mail/")
    part = see(mariana, "/staff/mail/guess?addressee=guem", headers=headers)
    assert f'value="{guemes.id}">' in part
    whole = see(mariana, "/staff/mail/guess?addressee=logistica+guemes+lopez", headers=headers)
    assert f'value="{guemes.id}" checked' in whole
    for odd in ("", "%00", "g", "%25_", "x" * 500):
        assert f'value="{guemes.id}"' not in see(mariana, f"/staff/mail/guess?addressee={odd}", headers=headers)


def test_what_is_chosen_counts_and_what_is_unknown_goes_to_the_tray(mariana: Browser, guemes: Client) -> None:
    log(mariana, "Transportes X")
    assert one(MailItem).client_id is None
    assert "Transportes X" in see(mariana, "/staff/mail/?show=unassigned")
    log(mariana, "Transportes Y", client=guemes.id)
    assert one(MailItem).client_id == guemes.id


def test_the_second_desk_is_told_who_logged_it(mariana: Browser, guemes: Client) -> None:
    log(mariana, "Güemes", tracking="1Z9")
    page = log(mariana, "Güemes", 409, key="other", tracking="1z 9")
    assert "Mariana Ruiz" in page
    assert 'value="1z 9"' in page
    with clock.fixed_at(at(4)):
        answer = mariana.post("/staff/mail/items", headers=htmx_headers(), data={
            "request_key": "k3", "kind": "parcel", "addressee": "Güemes", "tracking": "1Z9"})
    assert answer.status_code == 422, "what is swapped into the page"
    assert db.session.scalar(sa.select(sa.func.count(MailItem.id))) == 1


def test_a_photo_is_kept_cleaned_and_what_is_no_picture_is_refused(mariana: Browser, guemes: Client) -> None:
    log(mariana, "Güemes", photo=(io.BytesIO(png()), "etiqueta.png"))
    item = one(MailItem)
    answer = mariana.get(f"/staff/mail/{item.id}/photo")
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = log(mariana, "Güemes", 422, key="k", photo=(io.BytesIO(b"<svg/>"), "x.png"))
    assert 'value="Güemes"' in page
    log(mariana, "Güemes", 422, key="k", photo=(io.BytesIO(PDF), "x.png"))
    assert db.session.scalar(sa.select(sa.func.count(MailItem.id))) == 1


def test_undo_and_telling_the_clients_now(mariana: Browser, guemes: Client) -> None:
    log(mariana, "Güemes", key="a")
    send(mariana, f"/staff/mail/{one(MailItem).id}/undo")
    assert one(MailItem).state == "undone"
    log(mariana, "Güemes", key="b")
    assert 'id="mail-batch"' in see(mariana, "/staff/mail/")
    send(mariana, "/staff/mail/announcement")
    assert 'id="mail-batch"' not in see(mariana, "/staff/mail/")
    assert one(Delivery).recipients == ["laura@guemes.mx"]
    item = one(MailItem)
    send(mariana, f"/staff/mail/{item.id}/undo", 409, now=at(5))
    assert one(MailItem).state == "notified"


def test_a_piece_of_the_tray_is_given_to_its_client_and_the_name_is_learned(mariana: Browser, guemes: Client) -> None:
    log(mariana, "Transportes X")
    address = f"/staff/mail/{one(MailItem).id}/assignment"
    page = send(mariana, address, 200, q="guemes")
    assert f'value="{guemes.id}" checked' in page
    send(mariana, address, client=guemes.id, remember="y")
    assert one(MailAlias).alias == "Transportes X"
    assert one(MailItem).client_id == guemes.id
    send(mariana, address.replace("assignment", "tray"))
    assert one(MailItem).client_id is None
    send(mariana, address, 422, client=999_999)


def test_it_is_handed_over_with_a_drawn_name_and_taken_back(mariana: Browser, guemes: Client, cast: Cast) -> None:
    with clock.fixed_at(at(4)):
        items = [make_item(cast.polanco, "Güemes"), make_item(cast.polanco, "Güemes")]
    address = f"/staff/mail/clients/{guemes.id}/hand-over"
    page = see(mariana, address)
    assert "js/signature.js" in page
    contact = f"contact-{guemes.contacts[0].id}"
    form = {"request_key": "h1", "items": [each.id for each in items], "taker": contact}
    send(mariana, address, 422, **form)
    send(mariana, address, 422, **form, signature="data:image/png;base64,####")
    send(mariana, address, 422, **form, signature="data:image/png;base64," + base64.b64encode(b"<svg>").decode())
    done = send(mariana, address, **form, signature=DRAWN)
    assert send(mariana, address, **form, signature=DRAWN) == done, "pressed twice is handed over once"
    found = one(MailHandover)
    assert (found.taken_by, found.is_named) == ("Laura Güemes", True)
    assert "Laura Güemes" in see(mariana, done)
    assert mariana.get(f"{done}/signature").data.startswith(b"\x89PNG")
    send(mariana, f"{done}/undo")
    assert {each.state for each in db.session.scalars(sa.select(MailItem))} == {"received"}
    send(mariana, f"{done}/undo", now=at(5))
    assert f'action="{done}/undo"' not in see(mariana, done)


def test_somebody_not_named_needs_a_yes_of_the_client(mariana: Browser, guemes: Client, cast: Cast) -> None:
    item = make_item(cast.polanco, "Güemes")
    address, form = f"/staff/mail/clients/{guemes.id}/hand-over", {
        "request_key": "h", "items": item.id, "taker": "other", "taken_by": "Roberto Díaz", "signature": DRAWN}
    assert 'href="#authorised_by"' in send(mariana, address, 422, **form)
    send(mariana, address, **form, authorised_by="Laura, por teléfono")
    assert one(Notice).kind == "mail_taken"


def test_wrong_pins_are_counted_although_nothing_is_handed_over(mariana: Browser, guemes: Client, cast: Cast) -> None:
    item, juan = make_item(cast.polanco, "Güemes"), make_nominee(guemes, pin="4711")
    address, form = f"/staff/mail/clients/{guemes.id}/hand-over", {
        "request_key": "h", "items": item.id, "taker": f"nominee-{juan.id}"}
    for left in (4, 3, 2, 1):
        assert f"quince minutos: {left}." in send(mariana, address, 422, **form, pin="0815")
    assert one(Nominee).pin_failures == 4
    send(mariana, address, **form, pin="4711")
    assert (one(MailHandover).proof, one(Nominee).pin_failures) == ("pin", 0)


def test_a_pin_that_locks_says_so_and_when_it_works_again(mariana: Browser, guemes: Client, cast: Cast) -> None:
    item, juan = make_item(cast.polanco, "Güemes"), make_nominee(guemes, pin="4711")
    address, form = f"/staff/mail/clients/{guemes.id}/hand-over", {
        "request_key": "h", "items": item.id, "taker": f"nominee-{juan.id}"}
    for _each in range(4):
        send(mariana, address, 422, **form, pin="0815")
    until = f"{clock.local(at(4) + states.PIN_LOCK, cast.polanco.timezone):%H:%M}"
    assert f"bloqueado hasta las {until}" in send(mariana, address, 422, **form, pin="0815"), "the fifth says that it locks"
    assert f"bloqueado hasta las {until}" in send(mariana, address, 422, **form, pin="4711")
    assert f"PIN bloqueado hasta las {until}" in see(mariana, address), "and whoever opens the form sees it before"


def test_how_calls_are_answered_is_seen_before_and_the_message_goes_out(mariana: Browser, guemes: Client) -> None:
    sheet = f"/staff/mail/clients/{guemes.id}"
    send(mariana, sheet, version="0", greeting="Güemes, buenos días", pass_to="Laura, ext. 12", channels=["email"])
    send(mariana, sheet, 409, version="0", greeting="Otra", pass_to="", channels=["email"])
    assert one_sheet(guemes).greeting == "Güemes, buenos días"
    assert "Güemes, buenos días" in see(mariana, "/staff/mail/calls?q=guem", headers=htmx_headers())
    address = f"/staff/mail/calls/{guemes.id}"
    page = see(mariana, address)
    assert "Güemes, buenos días" in page
    assert "Laura, ext. 12" in page
    form = {"request_key": "c", "kind": "call", "caller": "Ana", "phone": "55 1", "contact": guemes.contacts[0].id}
    assert "Ana" in send(mariana, address, 422, **form, note="")
    send(mariana, address, **form, note="Que le llame", outcome="message")
    assert one(Notice).kind == "call_message"
    assert "Ana" in see(mariana, "/staff/mail/?show=calls")


def one_sheet(client: Client) -> MailSheet:
    return db.session.get_one(MailSheet, client.id, populate_existing=True)


def test_names_and_people_of_a_client_are_kept(mariana: Browser, guemes: Client) -> None:
    sheet = f"/staff/mail/clients/{guemes.id}"
    send(mariana, f"{sheet}/names", alias="Transportes X")
    send(mariana, f"{sheet}/people", name="Juan Pérez", pin="4711")
    send(mariana, f"{sheet}/people", 422, name="Juan Perez", pin="")
    send(mariana, f"{sheet}/people", 422, name="Otro", pin="1111")
    page = see(mariana, sheet)
    assert "Transportes X" in page
    assert "4711" not in page
    send(mariana, f"{sheet}/names/{one(MailAlias).id}/removal")
    send(mariana, f"{sheet}/people/{one(Nominee).id}/removal")
    assert one(Nominee).ended_at is not None
    assert one(MailAlias) is None


def test_a_manager_sets_days_and_prices_and_the_second_tab_is_told(manager: Browser, cast: Cast) -> None:
    page = see(manager, "/staff/mail/policy")
    assert 'name="version" value="1"' in page
    form = {"version": "1", "free_days": "5", "fee_per_day": "15.00", "reminder_days": "3, 6", "reminder_at": "09:30",
            "hold_days": "20", "price_forward": "120", "price_scan": "25", "price_hold": "50", "price_destroy": "0",
            "photo_days": "90"}
    send(manager, "/staff/mail/policy", **form)
    row = db.session.scalars(sa.select(MailPolicy)).one()
    assert (row.fee_per_day, row.price_scan, row.reminder_days) == (1_500, 2_500, [3, 6])
    for wrong in ({"free_days": "-1"}, {"price_scan": "x"}, {"reminder_days": "ayer"}, {"reminder_at": "25:00"},
                  {"hold_days": "0"}, {"free_days": "9" * 30}):
        send(manager, "/staff/mail/policy", 422, **{**form, "version": "2", **wrong})
    send(manager, "/staff/mail/policy", **{**form, "version": "1", "free_days": "6"})
    send(manager, "/staff/mail/policy", 409, **{**form, "version": "1", "free_days": "8"})


# ---- the portal

def ask(laura: Browser, item: MailItem, kind: str, price: int, status: int = 303, **form: object) -> str:
    return send(laura, f"/portal/mail/{item.id}/requests", status, request_key=f"{item.id}{kind}", kind=kind,
                **{f"price-{kind}": price}, **form)


def test_laura_sees_what_arrived_asks_for_a_scan_and_downloads_it(
        laura: Browser, mariana: Browser, guemes: Client, cast: Cast) -> None:
    make_policy(cast.polanco, price_scan=2_500)
    with clock.fixed_at(at(4)):
        item = make_item(cast.polanco, "Güemes", kind="letter", sender="BBVA", photo_sha256=files().put(b"x", "image/jpeg").sha256)
    page = see(laura, "/portal/mail")
    assert "BBVA" in page
    assert "$25.00" in page
    assert laura.get(f"/portal/mail/{item.id}/photo").headers["Content-Disposition"].startswith("attachment")
    ask(laura, item, "scan", 2_400, 422)
    ask(laura, item, "scan", 2_500)
    wish = one(MailRequest)
    assert "Güemes" in see(mariana, "/staff/mail/requests")
    assert "/staff/mail/requests" in see(mariana, "/staff/")
    address = f"/staff/mail/requests/{wish.id}/completion"
    send(mariana, address, 422)
    send(mariana, address, 422, files=(io.BytesIO(b"nada"), "x.pdf"))
    send(mariana, address, files=(io.BytesIO(PDF), "carta <1>.pdf"))
    answer = laura.get(f"/portal/mail/requests/{wish.id}/file")
    assert (answer.data, answer.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert mariana.get(f"/staff/mail/requests/{wish.id}/file").data == PDF
    send(mariana, address, 409, files=(io.BytesIO(PDF), "otra.pdf"))


def test_what_is_asked_wrongly_comes_back_open_with_what_was_typed(laura: Browser, guemes: Client, cast: Cast) -> None:
    item = make_item(cast.polanco, "Güemes")
    page = ask(laura, item, "forward", 0, 422, address="Aquí")
    assert 'value="Aquí"' in page
    assert "<details open>" in page
    ask(laura, item, "destroy", 0, 422)
    ask(laura, item, "hold", 0, 422, until="2026-12-04")
    ask(laura, item, "hold", 0, until="2026-12-20")
    assert one(MailItem).state == "held"


def test_a_request_is_withdrawn_or_refused_with_its_reason(
        laura: Browser, mariana: Browser, guemes: Client, cast: Cast) -> None:
    item = make_item(cast.polanco, "Güemes")
    send(laura, f"/portal/mail/requests/{make_request(item).id}/withdrawal")
    wish = make_request(item, "destroy")
    send(mariana, f"/staff/mail/requests/{wish.id}/refusal", 422, reason=" ")
    send(mariana, f"/staff/mail/requests/{wish.id}/refusal", reason="Va certificada")
    assert "Va certificada" in see(laura, "/portal/mail")
    send(laura, f"/portal/mail/requests/{wish.id}/withdrawal", 422)


def test_a_scan_of_the_wrong_piece_is_taken_back_and_is_nobodys(mariana: Browser, guemes: Client, cast: Cast) -> None:
    item = make_item(cast.polanco, "Güemes")
    request = make_request(item, "scan")
    send(mariana, f"/staff/mail/requests/{request.id}/completion", files=(io.BytesIO(PDF), "carta.pdf"))
    assert f"/staff/mail/requests/{request.id}/undo" in see(mariana, f"/staff/mail/{item.id}")
    send(mariana, f"/staff/mail/requests/{request.id}/undo")
    assert f"/staff/mail/requests/{request.id}/completion" in see(mariana, f"/staff/mail/{item.id}")
    see(mariana, f"/staff/mail/requests/{request.id}/file", status=404)


def test_laura_says_who_may_collect(laura: Browser, mariana: Browser, guemes: Client, cast: Cast) -> None:
    make_item(cast.polanco, "Güemes")
    send(laura, "/portal/mail/people", name="Juan Pérez", pin="4711")
    send(laura, "/portal/mail/people", 422, name="", pin="")
    assert "Juan Pérez" in see(mariana, f"/staff/mail/clients/{guemes.id}/hand-over")
    send(laura, f"/portal/mail/people/{one(Nominee).id}/removal")
    assert "Juan Pérez" not in see(mariana, f"/staff/mail/clients/{guemes.id}/hand-over")


def test_another_client_finds_none_of_it(laura: Browser, cast: Cast) -> None:
    other = make_client(cast.polanco, "Otra, S.A.", email="otra@otra.mx")
    item, juan = make_item(cast.polanco, "x", other), make_nominee(other, "Pedro")
    wish = make_request(item)
    see(laura, f"/portal/mail/{item.id}/photo", status=404)
    see(laura, f"/portal/mail/requests/{wish.id}/file", status=404)
    ask(laura, item, "scan", 0, 404)
    send(laura, f"/portal/mail/requests/{wish.id}/withdrawal", 404)
    send(laura, f"/portal/mail/people/{juan.id}/removal", 404)


def test_what_is_hostile_stays_text_wherever_it_is_read(
        laura: Browser, mariana: Browser, guemes: Client, cast: Cast) -> None:
    log(mariana, HOSTILE, client=guemes.id, sender=HOSTILE, carrier=HOSTILE, note=HOSTILE)
    item = one(MailItem)
    send(mariana, f"/staff/mail/clients/{guemes.id}/names", alias=HOSTILE)
    send(laura, "/portal/mail/people", name=HOSTILE, pin="")
    ask(laura, item, "forward", 0, address=HOSTILE)
    for browser, address in ((mariana, "/staff/mail/"), (mariana, f"/staff/mail/{item.id}"), (laura, "/portal/mail"),
                             (mariana, "/staff/mail/requests"), (mariana, f"/staff/mail/clients/{guemes.id}"),
                             (mariana, f"/staff/mail/clients/{guemes.id}/hand-over")):
        page = see(browser, address)
        assert "<script>alert" not in page, address
        assert "<b hx-get" not in page, address
        assert "&lt;script&gt;" in page, address


def test_lists_take_as_many_statements_for_one_piece_as_for_many(
        laura: Browser, mariana: Browser, guemes: Client, cast: Cast) -> None:
    make_request(make_item(cast.polanco, "Güemes"))
    few = counts(laura, mariana, guemes)
    for _each in range(5):
        make_request(make_item(cast.polanco, "Güemes"))
    announce(cast.polanco)
    assert all(more <= before for more, before in zip(counts(laura, mariana, guemes), few, strict=True))


def counts(laura: Browser, mariana: Browser, guemes: Client) -> list[int]:
    found = []
    for browser, address in ((laura, "/portal/mail"), (mariana, "/staff/mail/"), (mariana, "/staff/mail/requests"),
                             (mariana, f"/staff/mail/clients/{guemes.id}/hand-over")):
        with counted_statements() as seen:
            see(browser, address)
        found.append(len(seen))
    return found
