"""What is asked every minute, or of a branch with a long past, is found by an index made for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import pytest
import sqlalchemy as sa

from fastoffice.audit import Actor
from fastoffice.billing.queries import day
from fastoffice.billing.service import closing, holds, reminders
from fastoffice.bookings.service import presence
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.queries import lists
from fastoffice.visitors import duties
from fastoffice.visitors import queries as visitors
from fastoffice.visitors.service import leaving
from tests.factories.people import make_branch

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
        "ix_booking_state_time", lambda branch: presence.finish(branch, ACTOR, NOW)),
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
        connection.exec_driver_sql("TRUNCATE invoice, payment, visit, booking CASCADE")  # without the room that undone tests left
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
        ask(db.session.get_one(Branch, branch.id))
    assert any(index in line for line in found), found
