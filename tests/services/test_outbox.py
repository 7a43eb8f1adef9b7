"""A notice is owed once, leaves once, and whatever keeps it back is there for everybody to see."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import transaction
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications import outdated, registry
from fastoffice.notifications.models import Notice
from fastoffice.notifications.service import owe_notices
from tests.doubles import outbox as box
from tests.doubles.outbox import later, owe, send, spec
from tests.doubles.smtp_server import SmtpPeer


@pytest.fixture
def peer(app: Flask) -> Iterator[SmtpPeer]:
    with SmtpPeer() as peer, box.mail_server(app, peer.url), box.kind_with():
        yield peer


def test_a_client_gets_one_mail_with_text_html_and_the_pdf(peer: SmtpPeer) -> None:
    owe(spec(documents=[box.ready_document(1)]))
    assert send().sent == 1
    (received,) = peer.messages
    mail = received.mail
    assert received.sender == "facturas@fastoffice.example"
    assert received.recipients == ("laura@guemes.mx",)
    assert mail["Subject"] == "Factura PLC-000412 de diciembre 2026 · Fast Office Polanco"
    assert mail["From"].addresses[0].display_name == "Fast Office Polanco"
    assert "Total a pago puntual: $10,324.00" in mail.get_body(("plain",)).get_content()
    assert 'href="https://fastoffice.example/pay/abc"' in mail.get_body(("html",)).get_content()
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == "PLC-000001.pdf"
    assert attachment.get_content() == box.PDF


def test_three_people_of_one_client_get_one_mail_together(peer: SmtpPeer) -> None:
    owe(spec(emails=["a@guemes.mx", "b@guemes.mx", "A@guemes.mx", "c@guemes.mx"]))
    send()
    assert [received.recipients for received in peer.messages] == [("a@guemes.mx", "b@guemes.mx", "c@guemes.mx")]


def test_owed_twice_is_owed_once(peer: SmtpPeer) -> None:
    owe(spec())
    owe(spec(), spec())
    send()
    assert len(peer.messages) == 1


def test_a_unit_that_was_rolled_back_owes_nothing(peer: SmtpPeer) -> None:
    def fails() -> None:
        owe_notices([spec()])
        raise RuntimeError("the cause did not happen")

    with pytest.raises(RuntimeError):
        transaction.run(fails)
    assert box.deliveries() == []
    assert db.session.scalars(sa.select(Notice)).all() == []


def test_the_unique_constraint_decides_and_not_a_look_beforehand(app: Flask) -> None:
    """The twin: without the constraint's answer two rows would be told apart by nothing."""
    owe(spec())
    (first,) = db.session.scalars(sa.select(Notice))
    copy = {column.key: getattr(first, column.key) for column in Notice.__table__.columns if column.key != "id"}
    with pytest.raises(sa.exc.IntegrityError):
        transaction.run(lambda: db.session.execute(sa.insert(Notice.__table__), [copy]))


def test_another_occasion_is_another_notice(peer: SmtpPeer) -> None:
    with box.kind_with("invoice_reminder"):
        owe(spec(kind="invoice_reminder", occasion="2026-12-03"), spec(kind="invoice_reminder", occasion="2026-12-05"))
        send()
    assert len(set(peer.ids())) == 2


def test_a_client_without_address_fails_at_once_and_says_so(peer: SmtpPeer) -> None:
    owe(spec(emails=[]))
    assert (box.delivery().state, box.delivery().error) == ("failed", "no_address")
    assert send().sent == 0


def test_an_address_that_cannot_be_used_is_shown_and_the_others_get_the_mail(peer: SmtpPeer) -> None:
    owe(spec(emails=["laura@guemes.mx", "sin arroba", "x@y.mx\r\nBcc: spy@evil.example"]))
    send()
    assert box.addresses(peer.messages) == ["laura@guemes.mx"]
    assert box.delivery().state == "sent"
    assert set(box.delivery().refused) == {"sin arroba", "x@y.mx Bcc: spy@evil.example"}
    assert "bad_address" in box.delivery().refused["sin arroba"]


def test_a_mail_waits_for_all_its_pdfs(peer: SmtpPeer) -> None:
    keys = [box.ready_document(1), box.ready_document(2, state="due")]
    owe(spec(documents=keys))
    assert send().sent == 0
    assert box.delivery().error.startswith("pdf_waiting: PLC-000002.pdf")
    assert box.delivery().attempts == 0
    _make_ready(2)
    assert send(later(minutes=1)).sent == 1
    assert len(list(peer.messages[0].mail.iter_attachments())) == 2


def _make_ready(number: int) -> None:
    sha256 = box.files().put(box.PDF, "application/pdf").sha256
    transaction.run(lambda: db.session.execute(
        sa.update(Document).where(Document.subject_id == number).values(state="ready", sha256=sha256)))


def test_a_pdf_that_failed_stops_the_mail_and_is_visible(peer: SmtpPeer) -> None:
    owe(spec(documents=[box.ready_document(1, state="failed")]))
    assert send().sent == 0
    assert box.delivery().state == "queued"
    assert box.delivery().error == "pdf_failed: PLC-000001.pdf: RenderTimeout: 30 s"


def test_mails_that_wait_for_a_pdf_hold_up_nobody(peer: SmtpPeer) -> None:
    key = box.ready_document(1, state="due")
    owe(*(spec(n, documents=[key], emails=[f"w{n}@x.mx"]) for n in range(1, 61)), spec(99, emails=["free@x.mx"]))
    assert send().sent == 1
    assert box.addresses(peer.messages) == ["free@x.mx"]


def test_a_reminder_of_an_invoice_paid_meanwhile_is_not_sent(peer: SmtpPeer) -> None:
    with box.kind_with("invoice_reminder", still_true=lambda ids: set()):
        owe(spec(kind="invoice_reminder"))
        assert send().cancelled == 1
    assert peer.messages == []
    assert (box.delivery().state, box.delivery().error) == ("cancelled", "no_longer_true")


def test_without_the_question_the_reminder_would_have_gone_out(peer: SmtpPeer) -> None:
    with box.kind_with("invoice_reminder"):
        owe(spec(kind="invoice_reminder"))
        send()
    assert len(peer.messages) == 1


def test_one_kind_whose_check_raises_does_not_stop_the_others(peer: SmtpPeer) -> None:
    def broken(ids: list[int]) -> set[int]:
        raise ZeroDivisionError("a fault in a check")

    with box.kind_with("invoice_reminder", still_true=broken):
        owe(spec(1, kind="invoice_reminder"), spec(2, emails=["other@x.mx"]))
        send()
    assert box.addresses(peer.messages) == ["other@x.mx"]
    assert [d.error for d in box.deliveries()] == ["check: a fault in a check", ""]


def test_values_as_of_now_override_stored_ones(peer: SmtpPeer) -> None:
    late = {"pay_link": "https://fastoffice.example/pay/secret", "balance": "$1.00"}
    with box.kind_with("invoice_issued", values=lambda ids: dict.fromkeys(ids, late)):
        owe(spec())
        send()
    assert "https://fastoffice.example/pay/secret" in peer.messages[0].mail.get_body(("plain",)).get_content()
    stored = db.session.scalars(sa.select(Notice)).one()
    assert "secret" not in str(stored.context)


def test_each_client_gets_the_pdf_of_their_own_invoice(peer: SmtpPeer) -> None:
    for n in range(1, 13):
        box.ready_document(n, data=b"%PDF for client " + str(n).encode())
    owe(*(spec(n, emails=[f"client{n}@x.mx"], documents=[("invoice", n, "invoice")]) for n in range(1, 13)))
    send()
    for received in peer.messages:
        number = received.recipients[0].removeprefix("client").partition("@")[0]
        (attachment,) = received.mail.iter_attachments()
        assert attachment.get_content() == b"%PDF for client " + number.encode()
    assert len(peer.messages) == 12


def test_links_carry_the_configured_host_and_never_localhost(app: Flask, peer: SmtpPeer) -> None:
    owe(spec())
    send()
    assert box.delivery().message_id.endswith("@testserver>")
    assert "localhost" not in peer.messages[0].data.decode()


def test_a_minute_takes_no_more_mails_than_the_branch_allows(app: Flask, peer: SmtpPeer) -> None:
    before = registry.branches.mails_per_minute
    registry.branches.mails_per_minute = lambda ids: dict.fromkeys(ids, 20)
    try:
        box.owe_many(50)
        assert send().sent == 20
        assert send(later(seconds=30)).sent == 0
        assert send(later(seconds=75)).sent == 20
        assert send(later(seconds=150)).sent == 10
    finally:
        registry.branches.mails_per_minute = before
    assert len(set(peer.ids())) == 50


def test_one_busy_branch_does_not_hold_up_another(peer: SmtpPeer) -> None:
    before = registry.branches.mails_per_minute
    registry.branches.mails_per_minute = lambda ids: {branch: 5 if branch == 1 else 100 for branch in ids}
    try:
        box.owe_many(40)
        owe(spec(100, branch_id=2, emails=["tijuana@x.mx"]))
        send()
    finally:
        registry.branches.mails_per_minute = before
    assert "tijuana@x.mx" in box.addresses(peer.messages)
    assert len(peer.messages) == 6


def test_a_batch_uses_one_connection(peer: SmtpPeer) -> None:
    box.owe_many(30)
    assert send().sent == 30
    assert peer.connections == 1


def test_without_a_server_mails_become_files_named_by_their_message_id(app: Flask) -> None:
    with box.mail_server(app, None), box.kind_with():
        owe(spec(documents=[box.ready_document(1)]))
        assert send().sent == 1
        folder = app.config["SETTINGS"].instance / "outbox"
        file = folder / (box.delivery().message_id.strip("<>") + ".eml")
        assert str(message_from_bytes(file.read_bytes(), policy=SMTP)["Subject"]).startswith("Factura PLC-000412")
        assert not list(folder.glob("*.part"))
    assert box.delivery().state == "sent"


def test_the_frozen_bytes_are_what_was_sent(peer: SmtpPeer) -> None:
    owe(spec())
    send()
    assert box.files().get(box.delivery().frozen_sha256 or "") == peer.messages[0].data


def test_a_thousand_notices_cost_a_handful_of_statements(app: Flask) -> None:
    statements: list[str] = []

    def note(*event: object) -> None:
        statements.append(str(event[2]))

    engine = db.session.connection().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        owe(*(spec(n) for n in range(1, 1_001)))
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    writes = [text for text in statements if text.startswith("INSERT INTO notice") or "INTO delivery" in text]
    assert 2 <= len(writes) <= 12
    assert len(box.deliveries()) == 1_000


def test_a_letter_and_a_message_in_hand_leave_the_tray_when_they_are_no_longer_true(app: Flask) -> None:
    """What a person would print or send is asked about each minute; what still holds waits on."""
    by_hand = {"kind": "invoice_reminder", "channels": ("post", "whatsapp"), "phone": "55 1234 5678",
               "address": ("Av. Masaryk 111", "11560 Ciudad de México")}
    owe(spec(1, **by_hand), spec(2, **by_hand))
    owed = db.session.scalars(sa.select(Notice.id).where(Notice.subject_id == 2)).one()
    with box.kind_with("invoice_reminder", still_true=lambda ids: set(ids) & {owed}):
        assert outdated.withdraw() == 2
        assert outdated.withdraw() == 0
    assert sorted((d.notice_id == owed, d.channel, d.state, d.error) for d in box.deliveries()) == [
        (False, "post", "cancelled", "no_longer_true"), (False, "whatsapp", "cancelled", "no_longer_true"),
        (True, "post", "queued", ""), (True, "whatsapp", "queued", "")]
