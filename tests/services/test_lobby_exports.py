"""The lobby taken out as files: bookings, hours, visits and mail, by month, with names that stay."""

from __future__ import annotations

import csv
import io

import pytest

from fastoffice import clock, exports
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from tests.factories.contracts import make_contract
from tests.factories.lobby import Lobby
from tests.factories.mail import make_item
from tests.factories.money import at
from tests.factories.rooms import book, make_room, wall, wish

NASTY = "=1+1"
COLUMNS = {
    "bookings": "id room kind state origin client tax_id contract guest guest_email guest_phone title people series "
                "starts_at ends_at minutes included_minutes subtotal tax owed charged checked_in_at ended_at end_reason "
                "booked_at booked_by",
    "hours": "id month contract client kind minutes booking noted_at noted_by",
    "visits": "id kind state visitor company phone email client host arrived_at answered_at left_at left_by "
              "signed_in_by forgotten",
    "mail": "id kind state client addressee sender phone carrier tracking note received_at received_by reminders "
            "held_until closed_at closed_by taken_by proof authorised_by",
}


@pytest.fixture
def branch(app) -> Branch:
    """2 December: Güemes has an hour of the month's two left after its meeting, a visitor and a parcel."""
    lobby = Lobby()
    make_contract(lobby.guemes, meeting_minutes=120, office="301")
    book(lobby.branch, wish(make_room(lobby.branch), wall(2, 16), wall(2, 17), lobby.guemes, title=NASTY))
    lobby.arrive(company=NASTY)
    with clock.fixed_at(at(2)):
        make_item(lobby.branch, client=lobby.guemes, sender=NASTY)
    return lobby.branch


def rows(branch: Branch, kind: str, period: str | None = None) -> list[dict]:
    return list(exports.rows_of(kind, db.session.get_one(Branch, branch.id), period))


@pytest.mark.parametrize("kind", COLUMNS)
def test_names_of_columns_stay_and_a_month_takes_its_own(branch, kind) -> None:
    assert list(exports.KINDS[kind].columns) == COLUMNS[kind].split()
    assert rows(branch, kind, "2026-12")
    assert set(rows(branch, kind, "2026-12")[0]) == set(COLUMNS[kind].split())
    assert rows(branch, kind, "2026-11") == []


def test_a_booking_says_what_the_hours_say(branch) -> None:
    [meeting] = rows(branch, "bookings")
    assert (meeting["starts_at"], meeting["included_minutes"], meeting["subtotal"]) == (
        "2026-12-02T16:00:00-06:00", 60, "0.00")
    assert [(entry["kind"], entry["minutes"]) for entry in rows(branch, "hours")] == [("granted", 120), ("used", -60)]


@pytest.mark.parametrize(("kind", "column"), [("bookings", "title"), ("visits", "company"), ("mail", "sender")])
def test_what_a_stranger_typed_is_no_formula(branch, kind, column) -> None:
    with exports.file_of(kind, "csv", db.session.get_one(Branch, branch.id), mark=False) as content:
        [row] = csv.DictReader(io.StringIO(content.read().decode(), newline=""))
    assert row[column] == f"'{NASTY}"
