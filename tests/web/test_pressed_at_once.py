"""The same form sent twice in the same instant: one result, and nobody sees an error of ours."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock
from fastoffice.billing.models import BillingRun, Invoice, InvoiceHold, InvoiceLine, JournalEntry
from fastoffice.billing.service import cycle
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings.models import Blackout
from fastoffice.branches.queries import tax_profiles
from fastoffice.extensions import db
from fastoffice.identity.models import PortalAccess, User
from fastoffice.notifications.models import Notice
from fastoffice.payments.models import CardAccount, Payment
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, PRIVATE, at
from tests.factories.people import Cast, make_cast
from tests.factories.portal import entrance, let_in
from tests.web.test_invoice_pages import path

PRESSES = 3


@pytest.fixture
def cast(committed_app: Flask) -> Cast:
    cast = make_cast()
    make_contract(make_client(cast.polanco), lines=PRIVATE)
    with clock.fixed_at(at(1)):
        cycle.draft_period(cast.polanco.id, "2026-12", MARIANA, at(1))
    return cast


def press(app: Flask, user: str | None, address: str, form: dict[str, str]) -> list[int]:
    """The answers to the same form, sent by windows of the same person (None: nobody yet) at once."""
    barrier, answers, lock = threading.Barrier(PRESSES), [], threading.Lock()

    def window() -> None:
        browser = app.test_client()
        if user is not None:
            browser.sign_in(user)
        barrier.wait(30)
        with clock.fixed_at(at(2)):
            answer = browser.post(address, data=form)
        with lock:
            answers.append(answer.status_code)

    windows = [threading.Thread(target=window) for _each in range(PRESSES)]
    for each in windows:
        each.start()
    for each in windows:
        each.join()
    db.session.rollback()
    return answers


def count(model: type) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_a_charge_added_by_several_presses_at_once_is_one_line(committed_app: Flask, cast: Cast) -> None:
    draft = db.session.scalars(sa.select(Invoice)).one()
    form = {"version": str(draft.version), "sign": "charge", "description": "Sala", "quantity": "1", "prompt": "406",
            "list": "", "tax": str(tax_profiles(cast.polanco.id)[0].id)}
    address = path(draft, "/lines")
    db.session.remove()
    assert press(committed_app, "mariana@fastoffice.example", address, form) == [303] * PRESSES
    assert count(InvoiceLine) == 2


def test_a_one_off_invoice_pressed_at_once_is_one(committed_app: Flask, cast: Cast) -> None:
    draft = db.session.scalars(sa.select(Invoice)).one()
    form = {"client": str(draft.client_id), "key": "k", "rows": "1", "description-0": "Renta", "quantity-0": "1",
            "prompt-0": "100", "tax-0": str(tax_profiles(cast.polanco.id)[0].id), "channels": "email"}
    db.session.remove()
    assert press(committed_app, "mariana@fastoffice.example", "/staff/invoices/new", form) == [303] * PRESSES
    assert count(Invoice) == 2


def test_one_draft_issued_at_once_is_one_run(committed_app: Flask, cast: Cast) -> None:
    draft = db.session.scalars(sa.select(Invoice)).one()
    address, form = path(draft, "/issue"), {"version": str(draft.version), "key": "k"}
    db.session.remove()
    assert press(committed_app, "mariana@fastoffice.example", address, form) == [303] * PRESSES
    assert count(BillingRun) == 1


def test_what_is_added_to_the_settings_at_once_is_there_once(committed_app: Flask, cast: Cast) -> None:
    texts = "/staff/message-templates/invoice_issued/email/es"
    forms: dict[str, dict[str, str]] = {
        "/staff/settings/holidays": {"day": "2026-12-12", "name": "Guadalupe"},
        "/staff/settings/series": {"kind": "invoice", "prefix": "FAC", "digits": "5"},
        "/staff/settings/users": {"full_name": "Sol", "email": "sol@fastoffice.example", "role": "receptionist",
                                  "branches": "PLC"},
        texts: {"version": "0", "subject": "Su factura", "body": "Hola"},
    }
    for address, form in forms.items():
        answers = press(committed_app, "gerencia@fastoffice.example", address, form)
        assert answers.count(303) == 1, address
        assert set(answers) <= {303, 409, 422}, "who came second is told in words"


def test_a_hold_and_a_cancellation_pressed_at_once_happen_once(committed_app: Flask, cast: Cast) -> None:
    with clock.fixed_at(at(1)):
        cycle.issue_period(cast.polanco.id, "2026-12", MARIANA, at(1))
    invoice = db.session.scalars(sa.select(Invoice)).one()
    polanco, hold, cancel = cast.polanco.id, path(invoice, "/holds"), path(invoice, "/cancellation")
    form = {"version": str(invoice.version), "reason": "RFC equivocado"}
    db.session.remove()
    answers = press(committed_app, "mariana@fastoffice.example", hold,
                    {"kind": "dispute", "reason": "No reconoce el cargo", "until": "2026-12-20"})
    assert answers == [303] * PRESSES
    assert count(InvoiceHold) == 1
    answers = press(committed_app, "conta@fastoffice.example", cancel, form)
    assert set(answers) <= {303, 422}, "who came second may be told that it is cancelled already"
    assert 303 in answers
    assert db.session.scalar(sa.select(sa.func.count()).where(JournalEntry.kind == "cancel")) == 1
    assert verify(polanco) == []


def test_cash_taken_by_several_presses_at_once_is_one_payment(committed_app: Flask, cast: Cast) -> None:
    client = db.session.scalars(sa.select(Invoice.client_id)).first()
    form = {"client": str(client), "amount": "500", "method": "cash", "request_key": "the form"}
    assert press(committed_app, cast.mariana.email, "/staff/payments/desk", form) == [303] * PRESSES
    assert count(Payment) == 1
    assert verify(cast.polanco.id) == []


def test_keys_saved_by_several_presses_at_once_are_saved_once(committed_app: Flask, cast: Cast) -> None:
    form = {"version": "0", "methods": "card", "secret_key": "sk_test_abcdefgh4242", "webhook_secret": ""}
    answers = press(committed_app, cast.manager.email, "/staff/settings/online", form)
    assert sorted(answers) == [303] + [409] * (PRESSES - 1)
    assert count(CardAccount) == 1


def test_a_contact_invited_by_several_presses_at_once_has_one_access_and_one_mail(
    committed_app: Flask, cast: Cast
) -> None:
    client, people = make_client(cast.polanco, email="laura@guemes.mx"), count(User)
    address = f"/staff/clients/{client.id}/portal/{client.contacts[0].id}"
    assert press(committed_app, cast.mariana.email, address, {"may": "invoices"}) == [303] * PRESSES
    assert (count(PortalAccess), count(User)) == (1, people + 1)
    invitations = sa.select(sa.func.count(Notice.id)).where(Notice.kind == "portal_invitation")
    assert db.session.scalar(invitations) == 1


def test_a_link_pressed_in_several_browsers_at_once_lets_one_in(committed_app: Flask, cast: Cast) -> None:
    with clock.fixed_at(at(2)):
        laura = let_in(make_client(cast.polanco, email="laura@guemes.mx")).email
    answers = press(committed_app, None, entrance(laura), {"email": laura})
    assert sorted(answers) == [303] + [404] * (PRESSES - 1)


def test_a_room_is_closed_once_and_a_name_is_given_once(committed_app: Flask, cast: Cast) -> None:
    manager = cast.manager.email
    db.session.remove()
    closure = {"request_key": "k", "resource": "", "first_day": "2026-12-03", "first_at": "09:00", "last_day": "2026-12-03",
               "last_at": "12:00", "reason": "Pintura"}
    assert set(press(committed_app, manager, "/staff/rooms/resources/closures", closure)) == {303}
    assert count(Blackout) == 1
    db.session.remove()
    room = {"name": "Sala Reforma", "kind": "room", "capacity": "8", "buffer_before": "0", "buffer_after": "0",
            "min_minutes": "30", "max_minutes": "240", "step": "30", "rate": "300", "is_active": "y"}
    assert sorted(press(committed_app, manager, "/staff/rooms/resources/new", room)) == [303, 422, 422]
    numbers = {"free_cancel_hours": "24", "late_fee_percent": "50", "no_show_minutes": "15", "hold_minutes": "15",
               "offer_minutes": "30", "ahead_days": "365"}
    assert set(press(committed_app, manager, "/staff/rooms/resources/policy", numbers)) == {303}
