"""What the lobby's messages lead to: a look changes nothing, a press answers; and Laura's visitors in her portal."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.audit.models import AuditEntry
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.visitors import service
from fastoffice.visitors.models import HostSetting, Invitation, LegalAlert, LegalNotice
from fastoffice.visitors.service import legal, tokens
from tests.factories.contracts import make_client
from tests.factories.lobby import MARIANA, TEN, Lobby
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.web.browser import Browser

HOSTILE = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture(autouse=True)
def ten_o_clock():
    with clock.fixed_at(TEN):
        yield


@pytest.fixture
def lobby(cast: Cast) -> Lobby:
    return Lobby(cast.polanco)


@pytest.fixture
def laura(lobby: Lobby, client: Browser) -> Browser:
    come_in(client, let_in(lobby.guemes))
    return client


def a_notice(lobby: Lobby) -> LegalNotice:
    document = files().put(b"%PDF- a document", "application/pdf")
    return lobby.do(lambda branch: legal.receive_notice(branch, legal.Delivered(
        request_key="n", client_id=lobby.guemes.id, authority="SAT", official_name="Lic. Ruiz", official_id="1",
        document_number="500-05", subject="Secreto del asunto", document=legal.KeptDocument(
            document.sha256, "application/pdf")), MARIANA, TEN))


def read(notice: LegalNotice) -> LegalNotice:
    return db.session.get_one(LegalNotice, notice.id, populate_existing=True)


def test_scanners_that_open_the_link_answer_nothing_and_a_press_does(lobby: Lobby, client: Browser) -> None:
    came = lobby.arrive(name="Ana <b>Pérez</b>", company=HOSTILE)
    address = f"/visits/answer/{lobby.link(came)}"
    for _ in range(3):
        page = client.get(address)
        assert page.status_code == 200
        assert "Ana &lt;b&gt;Pérez&lt;/b&gt;" in page.text
        assert "<script>alert" not in page.text
        assert page.headers["Cache-Control"] == "private, no-store"
    assert lobby.visit(came).state == "waiting"
    assert client.head(address).status_code == 200
    assert client.post(address, data={"answer": "maybe"}).status_code == 409
    assert client.post(address, data={"answer": "wait", "note": "5 minutos"}).status_code == 303
    assert (lobby.visit(came).state, lobby.visit(came).note) == ("wait", "5 minutos")
    assert client.post(address, data={"answer": "left"}).status_code == 303
    assert lobby.visit(came).left_by == "host"
    assert client.post(address, data={"answer": "coming"}).status_code == 409
    assert client.get("/visits/answer/guessed").status_code == 404


def test_the_guests_page_has_the_code_until_it_is_called_off(lobby: Lobby, laura: Browser) -> None:
    form = {"request_key": "i", "name": "Eva Sol", "email": "eva@x.mx", "day": "2026-12-03", "hour": "16:00", "kind": "visit"}
    assert "Eva Sol" in laura.post("/portal/visitors/new", data={**form, "email": ""}).text
    for _ in range(2):
        assert laura.post("/portal/visitors/new", data=form).status_code == 303
    row = db.session.scalars(sa.select(Invitation)).one()
    code = tokens.spoken(tokens.code_of("invitation-code", row.nonce))
    page = laura.get(f"/visits/invitation/{tokens.token_of('invitation', row.nonce)}")
    assert code in page.text
    assert "data:image/png;base64," in page.text
    assert "Eva Sol" in laura.get("/portal/visitors").text
    laura.post(f"/portal/visitors/invitations/{row.id}/cancellation")
    assert laura.get(f"/visits/invitation/{tokens.token_of('invitation', row.nonce)}").status_code == 404
    assert lobby.notices == ["portal_invitation", "visit_invitation", "visit_cancelled"]


def test_laura_sees_who_waits_and_answers_in_her_portal(lobby: Lobby, laura: Browser) -> None:
    came = lobby.arrive(name="Ana Pérez")
    assert "Ana Pérez" in laura.get("/portal/visitors").text
    first = laura.get("/portal/").text
    assert 'data-later="/portal/waiting"' in first
    assert "js/later.js" in first, "who asks for it is there, too"
    assert "Ana Pérez" in laura.get("/portal/waiting").text, "the portal says so where she begins"
    laura.post(f"/portal/visitors/{came.visit_id}/answer", data={"answer": "coming", "note": "Ya voy"})
    assert (lobby.visit(came).state, lobby.visit(came).note) == ("coming", "Ya voy")


def test_an_authority_is_reception_s_to_answer_not_the_hosts(lobby: Lobby, laura: Browser) -> None:
    came = lobby.arrive(kind="authority")
    assert lobby.visit(came).client_id == lobby.guemes.id
    for said in ("not_today", "left"):
        assert laura.post(f"/portal/visitors/{came.visit_id}/answer", data={"answer": said}).status_code == 404
    assert (lobby.visit(came).state, lobby.wanted) == ("waiting", ["authority"])


def test_laura_knows_of_an_authority_when_reception_told_her_or_noted_what_it_brought(lobby: Lobby, laura: Browser) -> None:
    came = lobby.arrive(kind="authority", name="Inspectora Sosa")
    assert "Inspectora Sosa" not in laura.get("/portal/visitors").text, "reception decides first"
    lobby.do(lambda branch: service.tell_host(branch, lobby.visit(came), MARIANA, TEN))
    assert "Inspectora Sosa" in laura.get("/portal/visitors").text
    a_notice(lobby)
    assert "Lic. Ruiz" in laura.get("/portal/visitors").text


def test_laura_chooses_who_is_told_and_says_that_she_is_away(lobby: Lobby, laura: Browser) -> None:
    first, second = (contact.id for contact in lobby.guemes.contacts)
    form = {"first": second, "second": first, "away_from": "2026-12-02", "away_until": "2026-12-09"}
    assert laura.post("/portal/visitors/settings", data=form).status_code == 303
    row = db.session.scalars(sa.select(HostSetting)).one()
    assert (row.first_contact_id, row.second_contact_id, row.away_until.day) == (second, first, 9)
    came = lobby.arrive("Güemes")
    assert lobby.calls(came) == [("host", "Tomás Rey"), ("second", "Laura Güemes Ñuño")]
    assert lobby.wanted == ["away"]
    for wrong in ({"away_until": "x"}, {"away_until": "2026-12-01"}, {"away_until": ""}):
        page = laura.post("/portal/visitors/settings", data={**form, **wrong})
        assert page.status_code == 422
        assert 'value="2026-12-02"' in page.text, "what she typed is kept"
    assert f'value="{second}/{first}/2026-12-02/2026-12-09"' in laura.get("/portal/visitors").text
    late = laura.post("/portal/visitors/settings", data={**form, "away_until": "2026-12-10", "seen": ""})
    assert (late.status_code, "2026-12-10" in late.text) == (422, True), "the second of two tabs is told"
    laura.post("/portal/visitors/settings", data={"first": 999_999})
    assert db.session.scalars(sa.select(HostSetting)).one().first_contact_id is None


def alerts(channel: str) -> list[LegalAlert]:
    """Who was alerted by it, as the database has it now."""
    query = sa.select(LegalAlert).where(LegalAlert.channel == channel).order_by(LegalAlert.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def link_of(alert: LegalAlert) -> str:
    return f"/visits/notice/{tokens.token_of('legal-notice', alert.nonce)}"


def test_a_legal_notice_is_read_by_a_press_with_a_name_and_only_then_shown(lobby: Lobby, client: Browser) -> None:
    notice = a_notice(lobby)
    address = link_of(alerts("email")[0])
    for _ in range(2):
        page = client.get(address).text
        assert "SAT" in page
        assert "Secreto" not in page
    assert client.get(f"{address}/document").status_code == 303
    assert read(notice).read_at is None
    assert client.post(address, data={"name": " "}).status_code == 422
    assert client.post(address, data={"name": "Laura Güemes"}).status_code == 303
    assert (read(notice).read_by, read(notice).read_at) == ("Laura Güemes", TEN)
    client.post(address, data={"name": "Otra"})
    assert read(notice).read_by == "Laura Güemes", "the first reading is the receipt"
    assert "Secreto" in client.get(address).text
    assert client.get(f"{address}/document").data.startswith(b"%PDF-")


def test_the_receipt_says_which_address_read_which_words_and_when(lobby: Lobby, client: Browser) -> None:
    a_notice(lobby)
    laura, tomas = alerts("email")
    [phone] = alerts("whatsapp")
    client.post(link_of(tomas), data={"name": "=T. Rey <b>"})
    client.post(link_of(phone), data={"name": "Laura"})
    laura, tomas = alerts("email")
    assert (tomas.address, tomas.read_at, tomas.read_by, tomas.read_from) == ("tomas@guemes.mx", TEN, "=T. Rey <b>", "127.0.0.1")
    assert tomas.read_text == ("He leído el documento 500-05 de SAT para Logística Güemes López, S.C., entregado el "
                               "2 dic 2026, 10:00.")
    assert tomas.read_text in client.get(link_of(laura)).text, "what is confirmed is what the page showed"
    assert laura.read_at is None, "who did not say it has not read it"
    assert [alert.read_by for alert in alerts("whatsapp")] == ["Laura"]
    said = [(row.actor, row.data["channel"]) for row in db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "legal_notice.read").order_by(AuditEntry.id))]
    assert said == [("Güemes (email)", "email"), ("Güemes (whatsapp)", "whatsapp")], "nobody acts by typing a name"


def test_a_link_to_a_legal_notice_ends_and_the_portal_stays(lobby: Lobby, laura: Browser) -> None:
    a_notice(lobby)
    address = link_of(alerts("email")[0])
    with clock.fixed_at(TEN + legal.LINK_LIVES):
        assert laura.get(address).status_code == 404
        assert laura.post(address, data={"name": "Laura"}).status_code == 404
        come_in(laura, let_in(lobby.guemes))
        assert "500-05" in laura.get("/portal/visitors").text
    assert alerts("email")[0].read_at is None


def test_the_one_link_that_notices_had_before_still_leads_there(lobby: Lobby, client: Browser) -> None:
    notice = a_notice(lobby)
    address = f"/visits/notice/{tokens.token_of('legal-notice', notice.nonce)}"
    assert client.post(address, data={"name": "Laura Güemes"}).status_code == 303
    assert (read(notice).read_by, read(notice).read_at) == ("Laura Güemes", TEN)
    assert "Secreto" in client.get(address).text


def test_laura_reads_it_in_her_portal_too(lobby: Lobby, laura: Browser) -> None:
    notice = a_notice(lobby)
    assert "500-05" in laura.get("/portal/visitors").text
    assert laura.get(f"/portal/visitors/notices/{notice.id}/document").status_code == 303
    laura.post(f"/portal/visitors/notices/{notice.id}/reading")
    assert read(notice).read_at == TEN
    assert [(alert.address, alert.read_at) for alert in alerts("portal")] == [("laura@guemes.mx", TEN)]
    assert laura.get(f"/portal/visitors/notices/{notice.id}/document").data.startswith(b"%PDF-")


def test_nobody_elses_visitors_are_opened(lobby: Lobby, cast: Cast, app) -> None:
    came, notice = lobby.arrive(), a_notice(lobby)
    stranger: Browser = app.test_client()
    come_in(stranger, let_in(make_client(cast.polanco, "Otra, S.A.", email="otra@otra.mx")))
    assert "Ana Pérez" not in stranger.get("/portal/visitors").text
    assert stranger.post(f"/portal/visitors/{came.visit_id}/answer", data={"answer": "coming"}).status_code == 404
    assert stranger.post(f"/portal/visitors/notices/{notice.id}/reading").status_code == 404
    assert stranger.get(f"/portal/visitors/notices/{notice.id}/document").status_code == 404
    assert service.call_behind(lobby.link(came), TEN).answered_at is None
