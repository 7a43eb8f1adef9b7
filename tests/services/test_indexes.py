"""What is asked every minute, or of a branch with a long past, is found by an index made for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from fastoffice.audit import Actor
from fastoffice.billing.queries import day
from fastoffice.billing.service import closing, holds, reminders
from fastoffice.bookings import duties as bookings_duties
from fastoffice.bookings import overlap
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries.day import rest_of_day
from fastoffice.bookings.queries.search import find_bookings
from fastoffice.bookings.service import hours, presence
from fastoffice.branches.models import Branch
from fastoffice.charges import queries as charges
from fastoffice.extensions import db
from fastoffice.guests.service import looking
from fastoffice.mailroom import queries as mailroom
from fastoffice.payments.queries import lists
from fastoffice.visitors import duties
from fastoffice.visitors import queries as visitors
from fastoffice.visitors.models import Visit
from fastoffice.visitors.queries import lists as visit_lists
from fastoffice.visitors.service import forgetting, leaving
from tests.factories.people import make_branch
from tests.factories.rooms import make_room

NOW = datetime(2026, 12, 4, 18, tzinfo=UTC)
ACTOR = Actor.system()

QUESTIONS: dict[str, tuple[str, Callable[[Branch], object]]] = {
    "whose window is over": ("ix_invoice_deadline", lambda branch: closing.due_ids(branch.id, NOW)),
    "who is to be reminded": ("ix_invoice_deadline", lambda branch: reminders.is_due(branch, NOW)),
    "what a payment under way holds": (
        "uq_invoice_hold_open", lambda branch: holds.release_by_source(branch.id, "attempt:1", ACTOR, NOW)),
    "who is overdue": ("ix_invoice_open", lambda branch: day.overdue(branch.id, date(2026, 12, 4))),
    "payments that were undone": (
        "ix_payment_undone", lambda branch: lists.payments_page(branch.id, lists.Filter(show="undone"))),
    "visits that closing time ends": (
        "ix_visit_inside", lambda branch: leaving.close_due(branch, ACTOR, NOW)),
    "whose host did not answer": (
        "ix_visit_escalate", lambda branch: duties.due_units(NOW)),
    "what reception is called for": (
        "ix_reception_call_open", lambda branch: visitors.open_calls(branch.id)),
    "bookings whose time is over": (
        "ix_booking_state_time|ix_booking_attend", lambda branch: presence.finish(branch, ACTOR, NOW)),
    "holds that ran out": ("ix_booking_held", lambda branch: bookings_duties.due_units(NOW)),
    "bookings that begin or end": ("ix_booking_attend", lambda branch: bookings_duties.due_units(NOW)),
    "rooms nobody came to": ("ix_booking_attend", lambda branch: bookings_duties._no_shows(NOW)),
    "bookings to be charged": ("ix_booking_uncharged", lambda branch: bookings_duties.due_units(NOW)),
    "who waits for what became free": ("ix_waiting_entry_look", lambda branch: bookings_duties.due_units(NOW)),
    "hours of months that are over": (
        "ix_hours_entry_month", lambda branch: hours.months_to_expire(branch.id, "2026-12")),
    "what a booking was charged": (
        "ix_pending_charge_client", lambda branch: charges.of_origin(branch.id, "booking:7", client_id=1)),
    "invitations that are forgotten": (
        "ix_invitation_over", lambda branch: forgetting.forget_due(branch, ACTOR, NOW)),
    "guests whose hold is over": (
        "ix_guest_booking_open", lambda branch: looking.due(NOW, 1)),
    "who waits for a host": ("ix_visit_inside", lambda branch: visitors.waiting(branch.id, NOW)),
    "visits that the search finds": (
        "ix_visit_branch_arrived", lambda branch: visit_lists.find(branch, "ana", 6, NOW)),
    "rooms for the rest of the day": (
        "ix_booking_state_time|ix_booking_branch_time", lambda branch: rest_of_day(branch, NOW)),
    "bookings that the search finds": (
        "ix_booking_state_time|ix_booking_branch_time", lambda branch: find_bookings(branch.id, "ana", 6, NOW)),
    "mail that the search finds": ("ix_mail_item_branch|ix_mail_item_here|uq_mail_item", lambda branch: mailroom.find(
        branch.id, "ana", 6)),
    "cheques in process": (
        "ix_payment_pending", lambda branch: lists.payments_page(branch.id, lists.Filter(show="pending"))),
}


@contextmanager
def plans() -> Iterator[list[str]]:
    """How the database would answer each SELECT that is asked inside, in its own words."""
    found: list[str] = []
    connection = db.session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.exec_driver_sql("TRUNCATE invoice, payment, visit, booking, pending_charge, invitation CASCADE")  # without the room that undone tests left
        connection.exec_driver_sql("DELETE FROM pg_statistic")  # nor what it learnt of their rows; until this is undone
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table of no rows is read whole otherwise

    def explain(conn: sa.Connection, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        if statement.startswith("SELECT"):
            rows = conn.connection.cursor()
            rows.execute(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", parameters)
            found.extend(str(row[-1]) for row in rows.fetchall())

    sa.event.listen(connection, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        sa.event.remove(connection, "before_cursor_execute", explain)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_question_is_answered_by_its_index(app, question: str) -> None:
    branch = make_branch("PLC", auto_issue_at=time(8))
    index, ask = QUESTIONS[question]
    with plans() as found:
        if db.engine.dialect.name == "postgresql" and index in PASTS:
            PASTS[index](branch)
        ask(db.session.get_one(Branch, branch.id))
    assert any(name in line for line in found for name in index.split("|")), found


def have_a_past_of_visits(branch: Branch) -> None:
    """Two years of people who came and left: without them one index is as good as another to PostgreSQL."""
    days = [NOW - timedelta(days=day) for day in range(1, 730)]
    db.session.execute(sa.insert(Visit), [
        {"branch_id": branch.id, "request_key": f"past-{number}", "kind": "visit", "state": "out", "signed_in_by": "tablet",
         "registered_by": "Lobby", "badge_nonce": str(number), "badge_hash": str(number), "arrived_at": day,
         "noted_at": day, "closes_at": day, "left_at": day, "left_by": "qr"} for number, day in enumerate(days)])
    db.session.execute(sa.text("ANALYZE visit"))


def have_a_past_of_bookings(branch: Branch) -> None:
    """Two years of meetings that are over, as above."""
    room = make_room(branch)
    days = [NOW - timedelta(days=day) for day in range(1, 730)]
    db.session.execute(sa.insert(Booking), [
        {"branch_id": branch.id, "resource_id": room.id, "state": "done", "starts_at": day,
         "ends_at": day + timedelta(hours=1), "zone": branch.timezone, "local_start": "2026-12-03T16:00",
         "local_end": "2026-12-03T17:00", "charge_at": day, "uid": f"past-{number}", "created_at": day,
         "created_by": "Mariana", "changed_at": day} for number, day in enumerate(days)])
    db.session.execute(sa.text("ANALYZE booking"))


PASTS = {"ix_visit_inside": have_a_past_of_visits, "ix_booking_state_time|ix_booking_attend": have_a_past_of_bookings}


def test_the_guard_of_rooms_looks_at_what_is_active_of_one_room(app) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # there it is a constraint with its own index
    asked = overlap._CLASH.replace("NEW.resource_id", "1").replace("NEW.starts_at", "''").replace("NEW.ends_at", "''")
    plan = [str(row[-1]) for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert any("resource_id=? AND active=?" in line for line in plan), plan
