"""The demo's branch has a believable past, and its books hold."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings.models import Booking, WaitingEntry
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import branches_by_id
from fastoffice.demo import loading
from fastoffice.extensions import db
from fastoffice.mailroom import queries as mailroom
from fastoffice.mailroom.models import Nominee
from fastoffice.mailroom.service import nominees
from fastoffice.visitors import queries as visitors
from fastoffice.visitors.models import LegalNotice

NOVEMBER = datetime(2026, 11, 21, 18, tzinfo=UTC)
FIVE_PAST_MIDNIGHT_ON_SUNDAY = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)


def test_december_waits_november_is_closed_and_a_few_clients_owe(app) -> None:
    with clock.fixed_at(NOVEMBER):
        loaded = loading.load(contracts=64, months=2, seed=1)
    assert (loaded.months, loaded.drafts_of) == (["2026-10", "2026-11"], "2026-12")
    found = Counter(tuple(row) for row in db.session.execute(sa.select(Invoice.period, Invoice.status)))
    assert found["2026-12", "draft"] == 64
    assert found["2026-11", "paid"] > 50
    assert found["2026-11", "cancelled"] > 0
    assert 0 < found["2026-11", "issued"] + found["2026-11", "partly_paid"] < 14
    changed = [each for each in db.session.scalars(sa.select(Invoice).where(Invoice.status == "draft")) if each.changes]
    assert len(changed) >= 3
    branch = branches_by_id()[0]
    assert verify(branch.id) == []
    with clock.fixed_at(NOVEMBER):
        assert_that_the_lobby_is_lived_in(branch, loaded)


def assert_that_the_lobby_is_lived_in(branch: Branch, loaded: loading.Loaded) -> None:
    """One load, which takes its time, is looked at from both sides."""
    seen = visitors.board(branch, NOVEMBER)
    assert (len(seen.waiting), len(seen.inside), seen.left_today) == (1, 3, 2)
    assert "demo-guest-1" in [guest.request_key for guest in seen.expected]
    assert db.session.scalar(sa.select(sa.func.count(LegalNotice.id))) == 1
    assert visitors.open_calls(branch.id) == []
    assert {"unassigned": 1, "requests": 1}.items() <= mailroom.counts(branch.id).items()
    states = Counter(db.session.scalars(sa.select(Booking.state)))
    assert states["no_show"] >= 1
    assert states["checked_in"] >= 1
    assert states["pending"] == 1
    assert states["confirmed"] > 5
    assert db.session.scalar(sa.select(sa.func.count(WaitingEntry.id))) == 1
    described = list(db.session.scalars(sa.select(InvoiceLine.description).join(Invoice).where(
        Invoice.status == "draft")))
    assert any("Sala " in text for text in described), "hours that are over are on the next draft"
    assert any("Almacenaje" in text for text in described)
    nominee = db.session.scalars(sa.select(Nominee).where(Nominee.name == loaded.collector)).one()
    nominees.check_pin(nominee, loaded.pin, NOVEMBER)


def test_the_demo_never_goes_into_a_database_that_is_in_use(app) -> None:
    with clock.fixed_at(FIVE_PAST_MIDNIGHT_ON_SUNDAY):
        loading.load(contracts=3, months=0, seed=1)
        with pytest.raises(loading.AlreadyThere):
            loading.load(contracts=3, months=0, seed=1)
