"""Holds: who asked the cycle to leave a document alone, why, and until when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.errors import AlreadyHeld, CannotBecome, HoldNeedsEnd, ReasonMissing
from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.billing.service import cycle, holds
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.people import make_branch

MARIANA = audit.Actor("Mariana R.")
MEXICO = ZoneInfo("America/Mexico_City")


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=MEXICO)


@pytest.fixture
def issued(app) -> Invoice:
    branch = make_branch("PLC")
    make_contract(make_client(branch), lines=[("Oficina", 890000, 1065000)], starts_on=date(2026, 1, 1))
    with clock.fixed_at(at(1)):
        cycle.draft_period(branch.id, "2026-12", MARIANA, at(1))
        cycle.issue_period(branch.id, "2026-12", MARIANA, at(1))
    return db.session.scalars(sa.select(Invoice)).one()


def hold(invoice: Invoice, kind: str, until: datetime | None, now: datetime, reason: str = "No reconoce el cargo",
         source: str = "") -> InvoiceHold:
    branch_id, key = invoice.branch_id, invoice.id
    with clock.fixed_at(now):
        return transaction.run(lambda: holds.place_hold(
            db.session.get_one(Branch, branch_id), key, kind, reason, MARIANA, now, until_at=until, source=source))


def close(invoice: Invoice, now: datetime) -> list[str]:
    with clock.fixed_at(now):
        cycle.close_branch(invoice.branch_id, MARIANA, now)
    return list(db.session.scalars(sa.select(Invoice.status).order_by(Invoice.id)))


def test_a_disputed_invoice_is_left_alone_until_the_day_that_was_given(issued) -> None:
    hold(issued, "dispute", at(9), at(3))
    assert close(issued, at(6, 0)) == ["issued"]
    assert close(issued, at(9)) == ["cancelled", "issued"]


def test_a_released_hold_lets_the_deadline_act(issued) -> None:
    kept = hold(issued, "dispute", at(20), at(3))
    transaction.run(lambda: holds.release_hold(db.session.get_one(InvoiceHold, kept.id), MARIANA, at(7)))
    assert close(issued, at(7, 10)) == ["cancelled", "issued"]


def test_the_same_hold_asked_for_twice_is_one(issued) -> None:
    first = hold(issued, "dispute", at(9), at(3))
    assert hold(issued, "dispute", at(9), at(3)).id == first.id


def test_another_hold_of_the_same_kind_is_refused_in_words(issued) -> None:
    hold(issued, "dispute", at(9), at(3))
    with pytest.raises(AlreadyHeld):
        hold(issued, "dispute", at(12), at(3))


def test_a_hold_whose_end_has_passed_makes_room_for_the_next(issued) -> None:
    hold(issued, "promise", at(4), at(3))
    hold(issued, "promise", at(9), at(5))
    first, second = db.session.scalars(sa.select(InvoiceHold).order_by(InvoiceHold.id))
    assert first.released_at == first.until_at
    assert second.released_at is None
    assert close(issued, at(6, 0)) == ["issued"]


def test_a_hold_asked_for_after_the_deadline_falls_on_the_replacement(issued) -> None:
    kept = hold(issued, "extension", at(20), at(8))
    heir = db.session.get_one(Invoice, kept.invoice_id)
    assert (heir.stage, heir.replaces_id) == ("list", issued.id)


def test_a_hold_needs_its_reason_and_an_end_that_is_to_come(issued) -> None:
    with pytest.raises(ReasonMissing):
        hold(issued, "dispute", None, at(3), reason=" ")
    with pytest.raises(HoldNeedsEnd):
        hold(issued, "dispute", at(3) - timedelta(hours=1), at(3))


def test_a_payment_under_way_is_held_once_by_its_source(issued) -> None:
    first = hold(issued, "in_flight", None, at(3), source="payment:12")
    assert hold(issued, "in_flight", None, at(4), reason="otra vez", source="payment:12").id == first.id


def test_what_is_cancelled_cannot_be_held(issued) -> None:
    close(issued, at(6, 0))
    with pytest.raises(CannotBecome):
        hold(issued, "dispute", at(9), at(7))
