"""A client's rooms from the price shown to the line of the invoice: the same figures everywhere, to the centavo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.queries.leftover import leftover
from fastoffice.billing.service.final_bill import bill_charges
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings import service
from fastoffice.bookings.models import HoursEntry
from fastoffice.bookings.service import changing
from fastoffice.charges.queries import pending_charges
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service import lifecycle
from fastoffice.extensions import db
from tests.factories.contracts import change_plan, make_client, make_contract
from tests.factories.money import MARIANA, at, issue_month, within
from tests.factories.people import make_branch
from tests.factories.rooms import attend, book, do, make_room, wall, wish

ODD = 33_333  # 333.33 an hour: 90 minutes are 499.995, which is 500.00; a minute less anywhere would show
JANUARY = at(1, month=1, year=2027)


@pytest.fixture
def branch(committed_app):
    return make_branch("PLC")


def november(day, hour=10, minute=0):
    return at(day, hour, minute, month=11)


def room_lines(client):
    """(period, description, subtotal, tax) of what the client's documents say of rooms, in their order."""
    query = sa.select(Invoice.period, InvoiceLine.description, InvoiceLine.subtotal, InvoiceLine.tax).join(
        Invoice, Invoice.id == InvoiceLine.invoice_id).where(
        Invoice.client_id == client.id, InvoiceLine.charge_id.is_not(None), Invoice.live)
    return [tuple(row) for row in db.session.execute(query.order_by(InvoiceLine.id))]


def sound(branch, now):
    with clock.fixed_at(now):
        return verify(branch.id)


def test_november_in_the_room_is_a_line_of_december_and_its_waiver_one_of_january(branch) -> None:
    client = make_client(branch)
    contract = make_contract(client, meeting_minutes=60)
    room = make_room(branch, "Sala Juárez", rate=ODD)
    wanted = wish(room, wall(12, 10, month=11), wall(12, 12, 30, month=11), client)
    quote = within(branch, november(2), lambda row: service.quote(row, wanted, november(2)))
    assert (quote.left, quote.price.included, quote.price.overage) == (60, 60, 90)
    assert (quote.price.subtotal, quote.price.tax) == (50_000, 8_000)
    booking = book(branch, replace(wanted, shown=quote.shown), november(2))
    used = sa.select(sa.func.sum(HoursEntry.minutes)).where(HoursEntry.booking_id == booking.id)
    assert (db.session.scalar(used), booking.included, booking.subtotal) == (-60, 60, 50_000)
    change_plan(contract, 0, november(3))  # what was agreed stands; December has none
    attend(branch, november(11))
    [charge] = pending_charges(client.id)
    assert (charge.unit_price, charge.charged_on) == (50_000, date(2026, 11, 12))
    assert sound(branch, november(11)) == []
    issue_month(branch)
    said = "Sala Juárez, 12 nov 2026 10:00–12:30: 90 min además de las horas incluidas"
    assert room_lines(client) == [("2026-12", said, 50_000, 8_000)]
    later = book(branch, wish(room, wall(14, 10), wall(14, 11), client), at(2))
    assert (later.included, later.subtotal) == (0, ODD)
    attend(branch, at(13, 11))
    do(branch, at(14, 9), changing.cancel, later, waive=True)  # never on a document: gone
    assert pending_charges(client.id) == []
    dear = book(branch, wish(room, wall(16, 10), wall(16, 11), client), at(15, 11))
    issue_month(branch, JANUARY, "2027-01")
    assert room_lines(client)[1:] == [("2027-01", "Sala Juárez, 16 dic 2026 10:00–11:00: 60 minutos", ODD, 5_333)]
    assert dear.owed == ODD
    assert sound(branch, JANUARY) == []


def test_a_booking_that_is_cancelled_after_its_invoice_is_corrected_on_the_next(branch) -> None:
    client = make_client(branch)
    make_contract(client)
    room = make_room(branch, "Sala Juárez", rate=ODD)
    booking = book(branch, wish(room, wall(1, 14), wall(1, 15), client), november(30, 15))
    issue_month(branch)  # on December 1 at ten: on the document before it begins
    do(branch, at(1, 11), changing.cancel, booking, waive=True)
    assert sound(branch, at(1, 11)) == []
    issue_month(branch, JANUARY, "2027-01")
    assert [(period, subtotal, tax) for period, _said, subtotal, tax in room_lines(client)] == [
        ("2026-12", ODD, 5_333), ("2027-01", -ODD, -5_333)]
    assert sound(branch, JANUARY) == []


def test_what_a_client_used_before_leaving_is_billed_on_a_last_document(branch) -> None:
    client = make_client(branch)
    contract = make_contract(client, meeting_minutes=0)
    room = make_room(branch, "Sala Juárez")
    issue_month(branch)
    book(branch, wish(room, wall(9, 10), wall(9, 11), client), at(8, 11))
    key = contract.id
    within(branch, at(10), lambda _row: lifecycle.end_contract(
        MARIANA, db.session.get_one(Contract, key), date(2026, 12, 10), today=date(2026, 12, 10)))
    assert [row.client_id for row in leftover(branch.id, date(2026, 12, 11))] == [client.id]  # December's is out
    assert leftover(branch.id, date(2026, 11, 30)) == []  # December's draft was still to come
    issue_month(branch, JANUARY, "2027-01")
    assert room_lines(client) == []
    [row] = leftover(branch.id, date(2027, 1, 2))
    assert (row.client_id, row.amount) == (client.id, 30_000)
    draft = within(branch, at(2, month=1, year=2027), lambda found: bill_charges(
        found, client.id, MARIANA, at(2, month=1, year=2027)))
    assert (draft.kind, draft.total) == ("one_off", 34_800)
    assert leftover(branch.id, date(2027, 1, 2)) == pending_charges(client.id) == []
    assert sound(branch, JANUARY) == []
