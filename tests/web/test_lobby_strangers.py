"""What strangers write is text wherever it is read, and whoever only looks, person or mail scanner, changes nothing."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery
from fastoffice.notifications.preview import message_of
from fastoffice.visitors import service
from fastoffice.visitors.models import Invitation, LegalAlert
from fastoffice.visitors.service import tokens
from tests.factories.lobby import TABLET, TEN, Lobby
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.web import mail_access, visits_access
from tests.web.browser import Browser, htmx_headers

HOSTILE = "<script>alert(1)</script>{{7*7}}<b hx-get=/x>"
TURNED = "ga\u202else\u200b" + HOSTILE  # turned to run from the right, and a blank that nobody sees
FORMULA = "=HYPERLINK(1)"
LOOKED_AT = ("visit", "host_call", "reception_call", "invitation", "legal_notice", "legal_alert", "visitor", "host_setting",
             "house_rules", "visit_policy", "block_entry", "mail_item", "mail_batch", "mail_request", "mail_handover",
             "mail_nominee", "mail_alias", "mail_sheet", "mail_policy", "pending_charge", "notice", "delivery", "audit_entry")
SLOW = {"visits.badge", "visits.evacuation_pdf", "visits.evidence"}  # papers; tried below


@pytest.fixture(autouse=True)
def ten_o_clock():
    with clock.fixed_at(TEN):
        yield


@pytest.fixture
def lobby(cast: Cast) -> Lobby:
    return Lobby(cast.polanco)


@pytest.fixture
def laura(lobby: Lobby, app: Flask) -> Browser:
    """The client, in her portal."""
    window: Browser = app.test_client()
    come_in(window, let_in(lobby.guemes))
    return window


def harmless(text: str, where: str) -> None:
    """Nothing of it is markup, a template, or a letter that nobody sees."""
    assert "<script>alert" not in text, where
    assert "<b hx-get" not in text, where
    assert "7*7}}" in text, f"{where}: it is shown, and as it was written"
    assert not set(text) & {"\u202e", "\u200b"}, where


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_what_strangers_write_is_text_on_every_screen_in_mails_on_paper_and_in_files(
        lobby: Lobby, mariana: Browser, manager: Browser, laura: Browser, client: Browser) -> None:
    came = lobby.arrive("Güemes", name=TURNED, company=TURNED, details={"purpose": TURNED, "<b>": "x"})
    lobby.arrive(TURNED, name=FORMULA, company=TURNED)
    lobby.do(lambda branch: service.call_reception(branch, "k", TABLET, TEN, where=TURNED, note=TURNED))
    answer = f"/visits/answer/{lobby.link(came)}"
    assert client.post(answer, data={"answer": "wait", "note": TURNED}).status_code == 303
    invited = {"request_key": "i", "name": TURNED, "company": TURNED, "purpose": TURNED, "email": "eva@x.mx",
               "day": "2026-12-02", "hour": "16:00", "kind": "visit"}
    assert laura.post("/portal/visitors/new", data=invited).status_code == 303
    guest = db.session.scalars(sa.select(Invitation)).one()
    for browser, address in (
            (mariana, "/staff/visits/"), (mariana, "/staff/visits/history"), (mariana, f"/staff/visits/{came.visit_id}"),
            (mariana, "/staff/visits/evacuation"), (mariana, "/staff/visits/invitations"), (laura, "/portal/visitors"),
            (laura, "/portal/waiting"), (client, answer),
            (client, f"/visits/invitation/{tokens.token_of('invitation', guest.nonce)}")):
        harmless(browser.get(address).text, address)
    for delivery in db.session.scalars(sa.select(Delivery).order_by(Delivery.id)):
        if delivery.notice.kind in ("visitor_arrived", "visit_invitation"):
            message = message_of(delivery)
            harmless(message.html or message.text.replace("<script>alert", "").replace("<b hx-get", ""), delivery.channel)
            assert "\n" not in message.subject
    for paper in (f"/staff/visits/{came.visit_id}/badge.pdf", "/staff/visits/evacuation.pdf"):
        written = re.sub(r"\s+", "", text_of(mariana.get(paper).data))
        assert "7*7}}" in written, paper
    exported = manager.get("/staff/visits/history.csv").text
    assert f"'{FORMULA}" in exported
    assert not set(exported) & {"\u202e", "\u200b"}
    with zipfile.ZipFile(io.BytesIO(manager.get("/staff/visits/history.xlsx").data)) as sheet:
        assert "<f>" not in sheet.read("xl/worksheets/sheet1.xml").decode(), "no formula"


def test_whoever_only_looks_changes_nothing(app: Flask, cast: Cast, lobby: Lobby, manager: Browser, client: Browser) -> None:
    came, notice = lobby.arrive(), visits_access.a_notice(cast)
    invitation = visits_access.an_invitation(cast)
    samples = {**mail_access.SAMPLES, **visits_access.SAMPLES}
    shown = {name: make(cast) for name, make in samples.items() if ":" not in name and name != "notice_id"}
    shown |= {"notice_id": notice.id, "client_id": lobby.guemes_id, "form": "csv"}
    addresses = [f"/visits/answer/{lobby.link(came)}",
                 f"/visits/invitation/{tokens.token_of('invitation', invitation.nonce)}"]
    for alert in db.session.scalars(sa.select(LegalAlert)):
        link = f"/visits/notice/{tokens.token_of('legal-notice', alert.nonce)}"
        addresses += [link, f"{link}/document"]
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] in ("visits", "mail") and "GET" in rule.methods and rule.endpoint not in SLOW:
                addresses.append(rule.build({name: shown[name] for name in rule.arguments})[1])
    before = kept()
    for address in addresses:
        window = manager if address.startswith("/staff/") else client
        for answer in (window.get(address), window.head(address), window.get(address, headers=htmx_headers(address))):
            assert answer.status_code in (200, 204, 303), address
            answer.close()
    assert kept() == before


def kept() -> dict[str, list[tuple[object, ...]]]:
    """Everything of the lobby and the mail room."""
    db.session.expire_all()
    return {name: [tuple(row) for row in db.session.execute(sa.text(f"SELECT * FROM {name} ORDER BY 1"))]
            for name in LOOKED_AT}
