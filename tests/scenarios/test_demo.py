"""The demo's branch has a believable past, and its books hold."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.queries import branches_by_id
from fastoffice.demo import loading
from fastoffice.extensions import db

NOVEMBER = datetime(2026, 11, 21, 18, tzinfo=UTC)


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
    assert verify(branches_by_id()[0].id) == []


def test_the_demo_never_goes_into_a_database_that_is_in_use(app) -> None:
    with clock.fixed_at(NOVEMBER):
        loading.load(contracts=3, months=0, seed=1)
        with pytest.raises(loading.AlreadyThere):
            loading.load(contracts=3, months=0, seed=1)
