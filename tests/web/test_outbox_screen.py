"""The outbox on screen: each state with its reason, what to do about it, and nobody else's messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from fastoffice.audit.models import AuditEntry
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, MessageTemplate
from tests.doubles import outbox as box
from tests.doubles.smtp_server import Plan, SmtpPeer
from tests.factories.people import Cast, make_cast
from tests.web.browser import Browser, htmx_headers

NASTY = '<script>alert(1)</script> {{7*7}} hx-get="/x" \u202eevil'


@pytest.fixture
def cast(app: object) -> Cast:
    return make_cast()


@pytest.fixture
def peer(app: object) -> Iterator[SmtpPeer]:
    with SmtpPeer() as peer, box.mail_server(app, peer.url), box.kind_with():  # type: ignore[arg-type]
        yield peer


@pytest.fixture
def mariana(cast: Cast, client: Browser) -> Browser:
    client.sign_in(cast.mariana)
    return client


@pytest.fixture
def manager(cast: Cast, client: Browser) -> Browser:
    client.sign_in(cast.manager)
    return client


def owe(cast: Cast, number: int = 1, **changes: object) -> Delivery:
    owed = box.owe(box.spec(number, branch_id=cast.polanco.id, **changes))
    return owed[-1]


def test_each_state_is_shown_with_its_reason(cast: Cast, mariana: Browser, peer: SmtpPeer) -> None:
    owe(cast, 1)
    owe(cast, 2, emails=[])
    owe(cast, 3, emails=["nobody@guemes.mx"])
    peer.plan(Plan(), Plan(rcpt={"*": (550, "no such user")}))
    box.send()
    page = mariana.get("/staff/outbox/").text
    assert "No hay dirección de correo" in page
    assert "no such user" in page
    assert "enviado" in page
    failed = mariana.get("/staff/outbox/?state=failed").text
    assert "nobody@guemes.mx" in failed
    assert "laura@guemes.mx" not in failed


def test_search_finds_names_without_accents_and_numbers(cast: Cast, mariana: Browser) -> None:
    owe(cast, 1, party_name="Núñez Hermanos", emails=["a@x.mx"])
    owe(cast, 2, party_name="Otra, S.A.", emails=["b@x.mx"])
    found = mariana.get("/staff/outbox/?q=nunez").text
    assert "a@x.mx" in found
    assert "b@x.mx" not in found
    assert "a@x.mx" in mariana.get("/staff/outbox/?q=000412+nunez").text
    assert "a@x.mx" not in mariana.get("/staff/outbox/?q=%25").text


def test_a_message_shows_its_text_files_and_attempts(cast: Cast, mariana: Browser, peer: SmtpPeer) -> None:
    key = box.ready_document(1)
    db.session.execute(sa.update(Document).values(branch_id=cast.polanco.id))
    db.session.commit()
    delivery = owe(cast, documents=[key])
    peer.plan(Plan(mail=(451, "greylisted")))
    box.send()
    box.send(box.later(minutes=2))
    page = mariana.get(f"/staff/outbox/{delivery.id}")
    assert "Total a pago puntual: $10,324.00" in page.text
    assert "greylisted" in page.text
    assert "PLC-000001.pdf" in page.text
    document = db.session.scalars(sa.select(Document)).one()
    file = mariana.get(f"/staff/outbox/{delivery.id}/documents/{document.id}")
    assert (file.data, file.mimetype) == (box.PDF, "application/pdf")


def test_the_preview_can_do_nothing_but_be_seen(cast: Cast, mariana: Browser) -> None:
    delivery = owe(cast, context={**box.CONTEXT, "client_name": NASTY, "contact_name": NASTY})
    frame = mariana.get(f"/staff/outbox/{delivery.id}/message")
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "<script>" not in frame.text
    assert "&lt;script&gt;" in frame.text
    assert "\u202e" not in frame.text
    page = mariana.get(f"/staff/outbox/{delivery.id}").text
    assert "<script>alert" not in page
    assert "49" not in frame.text.replace("{{7*7}}", "")


def test_send_again_uses_the_same_identity_and_new_addresses(cast: Cast, mariana: Browser, peer: SmtpPeer) -> None:
    delivery = owe(cast, emails=["old@guemes.mx"])
    peer.plan(Plan(rcpt={"*": (550, "no such user")}))
    box.send()
    answer = mariana.post(f"/staff/outbox/{delivery.id}/attempts", data={"emails": "new@guemes.mx"})
    assert answer.status_code == 303
    assert box.delivery().state == "queued"
    box.send(box.later(days=300))
    assert peer.messages[-1].recipients == ("new@guemes.mx",)
    assert "old@guemes.mx" not in str(peer.messages[-1].mail["To"])
    assert peer.ids() == [box.delivery().message_id]
    assert db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "outbox.send_again")).all()


def test_a_second_press_after_the_mail_left_sends_no_second_mail(cast: Cast, mariana: Browser, peer: SmtpPeer) -> None:
    delivery = owe(cast)
    box.send()
    assert 'name="attempts" value="1"' in mariana.get(f"/staff/outbox/{delivery.id}").text
    form = {"emails": "pagos@guemes.mx", "attempts": "1"}
    assert mariana.post(f"/staff/outbox/{delivery.id}/attempts", data=form).status_code == 303
    box.send(box.later(days=1))
    told = mariana.post(f"/staff/outbox/{delivery.id}/attempts", data=form)
    assert told.status_code == 422
    assert "Mientras tanto se volvió a intentar" in told.text
    assert (box.delivery().state, len(peer.messages)) == ("sent", 2)


def test_an_address_that_cannot_be_used_stays_beside_its_field(cast: Cast, mariana: Browser) -> None:
    delivery = owe(cast, emails=[])
    answer = mariana.post(f"/staff/outbox/{delivery.id}/attempts", data={"emails": "sin arroba"})
    assert answer.status_code == 422
    assert "sin arroba" in answer.text
    assert box.delivery().state == "failed"


def test_a_mail_that_is_being_sent_is_left_alone(cast: Cast, mariana: Browser) -> None:
    delivery = owe(cast)
    db.session.execute(sa.update(Delivery).values(state="sending"))
    db.session.commit()
    assert mariana.post(f"/staff/outbox/{delivery.id}/attempts", data={"emails": "a@x.mx"}).status_code == 422
    assert mariana.post(f"/staff/outbox/{delivery.id}/withdrawal").status_code == 422
    assert box.delivery().recipients == ["laura@guemes.mx"]


def test_a_withdrawn_mail_is_not_sent_and_says_by_whom(cast: Cast, mariana: Browser, peer: SmtpPeer) -> None:
    delivery = owe(cast)
    mariana.post(f"/staff/outbox/{delivery.id}/withdrawal")
    assert box.send(box.later(days=1)).sent == 0
    assert box.delivery().error == "withdrawn: Mariana Ruiz"


def test_strangers_get_404_for_every_part_of_a_message(cast: Cast, client: Browser) -> None:
    delivery = owe(cast)
    client.sign_in(cast.stranger)
    for path in ("", "/message", "/documents/1"):
        assert client.get(f"/staff/outbox/{delivery.id}{path}").status_code == 404
    for path in ("/attempts", "/withdrawal", "/confirmation"):
        assert client.post(f"/staff/outbox/{delivery.id}{path}").status_code == 404
    assert "Logística" not in client.get("/staff/outbox/").text
    assert box.delivery().state == "queued"


def test_an_accountant_may_look_and_not_send(cast: Cast, client: Browser) -> None:
    delivery = owe(cast)
    client.sign_in(cast.accountant)
    assert client.get(f"/staff/outbox/{delivery.id}").status_code == 200
    assert client.post(f"/staff/outbox/{delivery.id}/attempts").status_code == 403


def test_a_recovery_mail_is_nobodys_business(cast: Cast, manager: Browser) -> None:
    delivery = owe(cast, kind="account_recovery", subject=("user", 1))
    assert "Logística" not in manager.get("/staff/outbox/").text
    assert manager.get(f"/staff/outbox/{delivery.id}").status_code == 404
    assert manager.get(f"/staff/outbox/{delivery.id}/message").status_code == 404
    assert manager.get("/staff/message-templates/account_recovery/email/es").status_code == 404


def test_a_list_of_a_thousand_costs_as_many_statements_as_one_of_ten(cast: Cast, mariana: Browser) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*event: object) -> None:
            seen.append(str(event[2]))

        engine = db.session.connection().engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            assert mariana.get("/staff/outbox/", headers=htmx_headers()).status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return len([text for text in seen if text.startswith("SELECT")])

    box.owe(*(box.spec(n, branch_id=cast.polanco.id) for n in range(10)))
    few = statements()
    box.owe(*(box.spec(n, branch_id=cast.polanco.id) for n in range(10, 1_200)))
    assert statements() == few <= 12
    assert "1,000+" in mariana.get("/staff/outbox/").text or "1.000+" in mariana.get("/staff/outbox/").text


def test_a_pdf_that_failed_raises_an_alarm_and_is_made_again_on_request(cast: Cast, mariana: Browser) -> None:
    key = box.ready_document(1, state="failed")
    db.session.execute(sa.update(Document).values(branch_id=cast.polanco.id))
    db.session.commit()
    owe(cast, documents=[key])
    box.send(box.later(days=300))
    page = mariana.get("/staff/outbox/").text
    assert "No se pudo hacer 1 PDF" in page
    assert "RenderTimeout" in page
    document = db.session.scalars(sa.select(Document)).one()
    assert mariana.post(f"/staff/outbox/documents/{document.id}/attempts").status_code == 303
    assert db.session.scalars(sa.select(Document.state)).one() == "due"
    assert "no se pudo hacer" not in mariana.get("/staff/outbox/").text


# By post and by WhatsApp


def test_letters_are_marked_as_mailed_by_a_person(cast: Cast, mariana: Browser) -> None:
    delivery = owe(cast, channels=["post"], address=["Av. Chapultepec 480", "C.P. 06600"])
    page = mariana.get("/staff/outbox/post").text
    assert "Av. Chapultepec 480, C.P. 06600" in page
    mariana.post("/staff/outbox/post/mailings", data={"ids": [str(delivery.id), "999999", "x"]})
    assert (box.delivery().state, box.delivery().sent_by) == ("sent", "Mariana Ruiz")
    assert db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "outbox.mailed")).all()


def test_a_letter_is_printed_with_its_cover_and_its_documents(cast: Cast, mariana: Browser) -> None:
    from pypdf import PdfReader, PdfWriter

    def pages(count: int) -> bytes:
        import io

        writer, out = PdfWriter(), io.BytesIO()
        for _ in range(count):
            writer.add_blank_page(612, 792)
        writer.write(out)
        return out.getvalue()

    key = box.ready_document(1, data=pages(2))
    delivery = owe(cast, channels=["post"], documents=[key])
    sha = box.files().put(pages(1), "application/pdf").sha256
    db.session.execute(sa.update(Document).where(Document.kind == "cover").values(state="ready", sha256=sha))
    db.session.commit()
    import io

    answer = mariana.post("/staff/outbox/post/letters", data={"ids": [str(delivery.id)]})
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 3
    assert box.delivery().state == "queued"


def test_a_whatsapp_message_is_prepared_and_noted_when_sent(cast: Cast, mariana: Browser) -> None:
    delivery = owe(cast, channels=["whatsapp"], phone="55 1234 5678")
    page = mariana.get(f"/staff/outbox/{delivery.id}").text
    assert "https://wa.me/525512345678?text=Hola%2C%20Laura" in page
    mariana.post(f"/staff/outbox/{delivery.id}/confirmation")
    assert (box.delivery().state, box.delivery().sent_by) == ("sent", "Mariana Ruiz")


def test_without_a_telephone_whatsapp_fails_visibly(cast: Cast, mariana: Browser) -> None:
    owe(cast, channels=["whatsapp", "email"], phone="pendiente")
    assert [(d.channel, d.state) for d in box.deliveries()] == [("whatsapp", "failed"), ("email", "queued")]


# The texts


TEXT = "/staff/message-templates/invoice_issued/email/es"


def test_the_manager_changes_a_text_and_clients_read_it(cast: Cast, manager: Browser, peer: SmtpPeer) -> None:
    text = {"subject": "Su factura {invoice_number}", "body": "Hola {contact_name}.", "version": "0"}
    saved = manager.post(TEXT, data=text)
    assert saved.status_code == 303
    owe(cast)
    box.send()
    assert peer.messages[0].mail["Subject"] == "Su factura PLC-000412"
    manager.post(TEXT + "/default")
    owe(cast, 2)
    box.send()
    assert "Fast Office Polanco" in peer.messages[1].mail["Subject"]


@pytest.mark.parametrize("text", [
    "{{ config }}", "{x.__class__}", "{contact_name.__class__}", "{contact_name!r}", "{0}", "{}", "{% if 1 %}",
    "{payment_amount}",
])
def test_code_in_a_text_is_an_unknown_placeholder_and_what_was_typed_stays(
    cast: Cast, manager: Browser, text: str
) -> None:
    answer = manager.post(TEXT, data={"subject": "Factura", "body": f"Hola {text}", "version": "0"})
    assert answer.status_code == 422
    assert "desconocida" in answer.text or "desconocido" in answer.text
    assert "Hola" in answer.text
    assert db.session.scalars(sa.select(MessageTemplate)).all() == []


def test_the_list_says_which_texts_are_the_branchs_own(cast: Cast, manager: Browser) -> None:
    assert "texto propio" not in manager.get("/staff/message-templates/").text
    manager.post(TEXT, data={"subject": "Uno", "body": "Primera.", "version": "0"})
    assert manager.get("/staff/message-templates/").text.count("texto propio") == 1


def test_two_managers_on_one_text_the_second_is_told(cast: Cast, manager: Browser) -> None:
    form = {"subject": "Uno", "body": "Primera.", "version": "0"}
    assert manager.post(TEXT, data=form).status_code == 303
    answer = manager.post(TEXT, data={**form, "body": "Segunda."})
    assert answer.status_code == 422
    assert "Segunda." in answer.text
    assert db.session.scalars(sa.select(MessageTemplate.body)).one() == "Primera."


def test_a_preview_shows_what_is_typed_with_sample_values(cast: Cast, manager: Browser) -> None:
    shown = manager.post(TEXT + "/preview", data={"subject": "S", "body": "Total {total} <b>no</b>"})
    assert "$10,324.00" in shown.text
    assert "&lt;b&gt;no&lt;/b&gt;" in shown.text
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert manager.get(TEXT + "/preview").status_code == 200
    refused = manager.post(TEXT + "/preview", data={"subject": "S", "body": "{{ config }}"})
    assert "{{ config }}" in refused.text


def test_a_test_mail_goes_to_oneself_and_says_that_it_is_one(cast: Cast, manager: Browser, peer: SmtpPeer) -> None:
    assert manager.post(TEXT + "/test-mails").status_code == 303
    box.send(box.later(days=300))
    assert peer.messages[0].recipients == ("gerencia@fastoffice.example",)
    assert str(peer.messages[0].mail["Subject"]).startswith("Prueba: Factura PLC-000412")


def test_texts_that_do_not_exist_are_404_and_a_receptionist_may_not_change_them(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.manager)
    for path in ("nothing/email/es", "invoice_issued/post/es", "invoice_issued/email/de"):
        assert client.get(f"/staff/message-templates/{path}").status_code == 404
    client.sign_out()
    client.sign_in(cast.mariana)
    assert client.get(TEXT).status_code == 403
    assert client.post(TEXT, data={}).status_code == 403


@pytest.mark.parametrize("language", ["es", "en", "ro"])
def test_every_text_opens_in_every_language(cast: Cast, manager: Browser, language: str) -> None:
    from fastoffice.notifications import kinds

    for kind in kinds.EDITABLE:
        for channel in kinds.KINDS[kind].channels:
            page = manager.get(f"/staff/message-templates/{kind}/{channel}/{language}")
            assert page.status_code == 200
            frame = manager.get(f"/staff/message-templates/{kind}/{channel}/{language}/preview")
            assert frame.status_code == 200
            assert "{" not in frame.text.partition("<body")[2]
