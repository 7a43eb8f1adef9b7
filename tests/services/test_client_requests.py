"""Laura asks for time, for a second look, for a correction; the branch answers once, and the deadline waits meanwhile."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from fastoffice import audit, clock
from fastoffice.audit.models import AuditEntry
from fastoffice.billing.models import InvoiceHold
from fastoffice.billing.service.verifying import verify
from fastoffice.clients.checks import ContactData
from fastoffice.clients.models import Client
from fastoffice.documents import uploads
from fastoffice.documents.files import files
from fastoffice.documents.uploads import UploadRefused
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments.models import Payment
from fastoffice.receivables import errors, service
from fastoffice.receivables.changes import Wanted
from fastoffice.receivables.models import ClientRequest
from fastoffice.receivables.rules import Part
from fastoffice.receivables.service import Arrived, Asked
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, chain, close_month, invoices_of, issue_month, within
from tests.factories.people import make_branch

LAURA = audit.Actor("Laura Güemes")
PROMPT, LIST = 406_000, 487_200
OPEN, REPLACED = [("prompt", "issued", PROMPT, 0)], [("prompt", "cancelled", PROMPT, 0), ("list", "issued", LIST, 0)]


class Desk:
    """Güemes with an invoice of December, what they ask and what Mariana answers."""

    def __init__(self) -> None:
        self.branch = make_branch("PLC")
        self.client = make_client(self.branch, "Logística Güemes López, S.C.", email="laura@guemes.mx")
        make_contract(self.client, lines=[("Oficina virtual", 350_000, 420_000)])
        issue_month(self.branch)
        self.key = 0

    @property
    def invoice(self) -> Any:
        return invoices_of(self.client)[-1]

    def asked(self, message: str = "", **values: Any) -> Asked:
        self.key += 1
        return Asked(self.client.id, f"form-{self.key}", message, **values)

    def do(self, now: datetime, verb: Any, *arguments: Any) -> Any:
        return within(self.branch, now, lambda branch: verb(branch, *arguments, now))

    def dispute(self, now: datetime, message: str = "Me cobran dos meses") -> ClientRequest:
        return self.do(now, service.dispute, self.asked(message), self.invoice.id, LAURA)

    def transfer(self, now: datetime, amount: int = PROMPT, day: date | None = None,
                 invoice: bool = True) -> ClientRequest:
        return self.do(now, service.tell_transfer, self.asked(), self.invoice.id if invoice else None, amount,
                       day or now.date(), "RASTREO 99", LAURA)

    def instalments(self, now: datetime, *parts: tuple[int, int]) -> ClientRequest:
        proposed = [Part(date(2026, 12, day), amount) for day, amount in parts]
        return self.do(now, service.ask_for_instalments, self.asked(), self.invoice.id, proposed, LAURA)

    def read(self, request: ClientRequest) -> ClientRequest:
        return db.session.get_one(ClientRequest, request.id, populate_existing=True)

    def answer(self, now: datetime, verb: Any, request: ClientRequest, *arguments: Any) -> Any:
        return within(self.branch, now, lambda branch: verb(branch, self.read(request), *arguments, MARIANA, now))

    @property
    def mails(self) -> list[Notice]:
        return list(db.session.scalars(sa.select(Notice).where(Notice.kind == "request_answered").order_by(Notice.id)))

    @property
    def holds(self) -> list[tuple[str, datetime | None]]:
        query = sa.select(InvoiceHold).where(InvoiceHold.released_at.is_(None)).order_by(InvoiceHold.id)
        return [(hold.kind, hold.until_at) for hold in db.session.scalars(query)]


@pytest.fixture
def desk(app: object) -> Desk:
    return Desk()


def end_of(day: int) -> datetime:
    return clock.end_of_day(date(2026, 12, day), "America/Mexico_City")


# A question


def test_a_question_lets_the_deadline_wait_until_its_day(desk: Desk) -> None:
    desk.dispute(at(4))
    assert desk.holds == [("dispute", end_of(14))]
    close_month(desk.branch)
    assert chain(desk.client) == OPEN
    close_month(desk.branch, at(15, 1))
    assert chain(desk.client) == REPLACED


def test_the_same_form_sent_twice_is_one_question(desk: Desk) -> None:
    asked = desk.asked("Me cobran dos meses")
    first, second = (desk.do(at(4), service.dispute, asked, desk.invoice.id, LAURA) for _ in range(2))
    assert first.id == second.id
    with pytest.raises(errors.AskedAlready):
        desk.dispute(at(4))


def test_the_answer_ends_the_wait_and_is_told_once(desk: Desk) -> None:
    request = desk.dispute(at(4))
    desk.answer(at(8), service.accept_dispute, request, "Tiene razón", date(2026, 12, 9))
    assert desk.holds == [("dispute", end_of(9))]
    [mail] = desk.mails
    assert mail.context["answer"] == "Tiene razón"
    assert (mail.context["request_kind"], mail.context["request_state"]) == ("Aclaración de una factura", "aceptada")
    with pytest.raises(errors.AnsweredAlready):
        desk.answer(at(8), service.reject, request, "No", None)
    close_month(desk.branch, at(10, 1))
    assert chain(desk.client) == REPLACED


def test_a_no_needs_a_reason_and_a_second_try_holds_nothing(desk: Desk) -> None:
    request = desk.dispute(at(3))
    with pytest.raises(errors.AnswerMissing):
        desk.answer(at(4), service.reject, request, "  ", None)
    desk.answer(at(4), service.reject, request, "Es el mes correcto", None)
    assert desk.holds == []
    desk.dispute(at(5))
    assert desk.holds == []
    close_month(desk.branch)
    assert chain(desk.client) == REPLACED


def test_a_question_withdrawn_waits_no_longer(desk: Desk) -> None:
    request = desk.dispute(at(4))
    within(desk.branch, at(4, 12), lambda _branch: service.withdraw(desk.read(request), LAURA, at(4, 12)))
    assert (desk.holds, desk.read(request).state, desk.mails) == ([], "withdrawn", [])


def test_staff_change_how_long_it_waits(desk: Desk) -> None:
    request = desk.dispute(at(4))
    desk.answer(at(5), service.move_hold, request, date(2026, 12, 20))
    assert desk.holds == [("dispute", end_of(20))]


def test_a_question_after_the_deadline_is_about_the_replacement(desk: Desk) -> None:
    request = desk.dispute(at(7))  # nobody ticked since day 5
    assert chain(desk.client) == REPLACED
    assert desk.read(request).invoice_id == desk.invoice.id


# Instalments


def test_instalments_keep_the_price_once_a_manager_agrees(desk: Desk) -> None:
    request = desk.instalments(at(4), (5, 200_000), (20, 206_000))
    assert desk.holds == []
    desk.answer(at(5), service.accept_instalments, request, "")
    assert desk.holds == [("promise", end_of(20))]
    close_month(desk.branch)
    assert chain(desk.client) == OPEN
    close_month(desk.branch, at(21, 1))
    assert chain(desk.client) == REPLACED


@pytest.mark.parametrize(("parts", "refusal"), [
    ([(5, PROMPT)], errors.WrongNumberOfParts),
    ([(day, 58_000) for day in range(5, 12)], errors.WrongNumberOfParts),
    ([(5, 200_000), (20, 206_001)], errors.DoesNotAddUp),
    ([(20, 200_000), (5, 206_000)], errors.DaysOutOfOrder),
    ([(3, 200_000), (5, 206_000)], errors.DaysOutOfOrder),
    ([(5, 0), (6, PROMPT)], errors.PartEmpty),
])
def test_what_is_no_proposal_is_refused(desk: Desk, parts: list[tuple[int, int]], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        desk.instalments(at(4), *parts)
    assert db.session.scalar(sa.select(sa.func.count(ClientRequest.id))) == 0


def test_a_proposal_about_another_price_is_not_agreed_to(desk: Desk) -> None:
    request = desk.instalments(at(4), (5, 200_000), (20, 206_000))
    close_month(desk.branch)
    with pytest.raises(errors.BalanceChanged):
        desk.answer(at(7), service.accept_instalments, request, "")
    assert (desk.holds, desk.read(request).state) == ([], "new")


# A transfer


def test_a_transfer_is_recorded_with_its_own_day_when_reception_sees_it(desk: Desk) -> None:
    request = desk.transfer(at(4), day=date(2026, 12, 3))
    assert desk.holds == [("review", end_of(7))]  # Friday the 4th: Monday is the next business day
    outcome = desk.answer(at(7), service.confirm_transfer, request, Arrived(PROMPT, date(2026, 12, 3), "SPEI 1"), "")
    payment = db.session.get_one(Payment, outcome.payment_id)
    assert (payment.value_date, payment.method, payment.amount) == (date(2026, 12, 3), "transfer", PROMPT)
    assert chain(desk.client) == [("prompt", "paid", PROMPT, PROMPT)]
    assert (desk.holds, desk.read(request).payment_id) == ([], payment.id)
    assert not verify(desk.branch.id)


def test_a_transfer_confirmed_after_the_wait_brings_the_prompt_price_back(desk: Desk) -> None:
    request = desk.transfer(at(4))
    close_month(desk.branch, at(9, 1))
    assert chain(desk.client) == REPLACED
    desk.answer(at(9), service.confirm_transfer, request, Arrived(PROMPT, date(2026, 12, 4)), "")
    assert chain(desk.client)[-1] == ("prompt", "paid", PROMPT, PROMPT)
    assert not verify(desk.branch.id)


def test_confirming_twice_records_once(desk: Desk) -> None:
    request = desk.transfer(at(4))
    desk.answer(at(5), service.confirm_transfer, request, Arrived(PROMPT, date(2026, 12, 4)), "")
    with pytest.raises(errors.AnsweredAlready):
        desk.answer(at(5), service.confirm_transfer, request, Arrived(PROMPT, date(2026, 12, 4)), "")
    assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 1


def test_a_transfer_without_an_invoice_holds_what_it_would_pay(desk: Desk) -> None:
    desk.transfer(at(4), invoice=False)
    assert desk.holds == [("review", end_of(7))]


def test_a_transfer_of_tomorrow_is_no_transfer(desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        desk.transfer(at(4), day=date(2026, 12, 5))
    assert refused.value.field == "value_date"
    assert desk.holds == []


# Data


def correct(desk: Desk, fields: dict[str, str], *contacts: ContactData) -> ClientRequest:
    own = tuple(ContactData(each.name, each.email, each.phone, each.for_billing, each.id)
                for each in db.session.get_one(Client, desk.client.id).contacts)
    return desk.do(at(4), service.correct_data, desk.asked(), Wanted(fields, contacts or own), LAURA)


def test_corrections_count_field_by_field(desk: Desk) -> None:
    request = correct(desk, {"address": "Masaryk 111", "trade_name": "Güemes", "legal_name": desk.client.legal_name})
    assert [change["key"] for change in request.data["changes"]] == ["trade_name", "address"]
    desk.answer(at(5), service.accept_data, request, ["address"], "")
    client = db.session.get_one(Client, desk.client.id, populate_existing=True)
    assert (client.address, client.trade_name) == ("Masaryk 111", "")
    assert desk.read(request).data["accepted"] == ["address"]
    assert desk.mails[0].context["request_state"] == "aceptada"


def test_a_contact_is_changed_and_another_added(desk: Desk) -> None:
    [known] = db.session.get_one(Client, desk.client.id).contacts
    request = correct(desk, {}, ContactData("Laura Güemes", known.email, "5552800000", True, known.id),
                      ContactData("Pedro", "pedro@guemes.mx", "", True))
    desk.answer(at(5), service.accept_data, request, [change["key"] for change in request.data["changes"]], "")
    contacts = db.session.get_one(Client, desk.client.id, populate_existing=True).contacts
    assert [(each.name, each.email) for each in contacts] == [
        ("Laura Güemes", "laura@guemes.mx"), ("Pedro", "pedro@guemes.mx")]


def test_wrong_data_is_told_beside_its_field_and_no_change_is_no_request(desk: Desk) -> None:
    with pytest.raises(errors.WrongData) as wrong:
        correct(desk, {"tax_id": "NADA"})
    assert set(wrong.value.errors) == {"tax_id"}
    with pytest.raises(errors.NothingChanged):
        correct(desk, {"legal_name": desk.client.legal_name})


def test_another_clients_contact_cannot_be_changed(desk: Desk) -> None:
    other = make_client(desk.branch, "Otra, S.A.", email="otra@otra.mx")
    request = correct(desk, {}, ContactData("Robado", "x@guemes.mx", "", True, other.contacts[0].id))
    assert request.data["changes"][0]["key"].startswith("contact-new-")


# Whose, how many, what came with it


def test_another_clients_invoice_does_not_exist(desk: Desk) -> None:
    other = make_client(desk.branch, "Otra, S.A.")
    with pytest.raises(errors.NotTheirs):
        desk.do(at(4), service.dispute, Asked(other.id, "k", "Hola"), desk.invoice.id, LAURA)


def test_every_step_stands_in_the_log(desk: Desk) -> None:
    request = desk.dispute(at(4))
    desk.answer(at(5), service.reject, request, "No procede", None)
    query = sa.select(AuditEntry.action).where(AuditEntry.subject_type == "request").order_by(AuditEntry.id)
    assert list(db.session.scalars(query)) == ["request.dispute", "request.rejected"]


def photo(size: tuple[int, int] = (3_000, 1_000), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def test_a_photo_is_made_anew_and_stays_with_its_request(desk: Desk) -> None:
    [kept] = service.keep([("../../etc/Ficha <b>.png", photo())])
    assert (kept.media_type, kept.filename) == ("image/jpeg", "Ficha _b_.jpg")
    request = desk.do(at(4), service.dispute, desk.asked("Miren", files=[kept]), desk.invoice.id, LAURA)
    [file] = desk.read(request).files
    with Image.open(io.BytesIO(files().get(file.sha256))) as picture:
        assert max(picture.size) == 2_000


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"MZ program", b"%PDF-1.7 broken", photo()[:400]],
                         ids=["svg", "program", "broken pdf", "cut photo"])
def test_what_is_no_picture_and_no_pdf_is_refused(desk: Desk, data: bytes) -> None:
    with pytest.raises(UploadRefused):
        service.keep([("x.png", data)])


def test_four_files_or_a_large_one_are_too_much(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.TooManyFiles):
        service.keep([("x.png", b"")] * 4)
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    with pytest.raises(UploadRefused):
        service.keep([("x.png", photo())])
