"""Charges that wait: on the next draft or gone, never both; and not lost with the contract that they came from."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.service import cycle
from fastoffice.charges import service as charges
from fastoffice.charges.models import PendingCharge
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch

DECEMBER_31 = date(2026, 12, 31)
JANUARY = at(1, month=1, year=2027)


@pytest.fixture
def branch(app):
    return make_branch("PLC")


def charge(branch, client, contract=None, amount=30_000, key="1"):
    from fastoffice.branches.queries import tax_profiles

    return within(branch, at(3), lambda row: charges.add_charge(
        row, client.id, contract.id if contract else None, "Impresiones", date(2026, 12, 3), 1000, amount,
        tax_profiles(row.id)[0].id, f"manual:{key}", MARIANA, at(3))).id


def drafted(branch, period="2027-01", now=JANUARY):
    """Which contract's document took which charge."""
    cycle.draft_period(branch.id, period, MARIANA, now)
    query = sa.select(InvoiceLine.charge_id, Invoice.contract_id).join(Invoice).where(
        InvoiceLine.charge_id.is_not(None), Invoice.branch_id == branch.id)
    return {row.charge_id: row.contract_id for row in db.session.execute(query)}


def test_a_charge_of_a_contract_that_ended_goes_on_the_clients_first_document(branch) -> None:
    client = make_client(branch)
    over = make_contract(client, ends_on=DECEMBER_31)
    lasting = make_contract(client)
    late = charge(branch, client, over)
    assert drafted(branch) == {late: lasting.id}


def test_a_charge_stays_with_its_own_contract_while_it_lasts(branch) -> None:
    client = make_client(branch)
    make_contract(client)
    own = make_contract(client, ends_on=date(2027, 1, 10))
    mine = charge(branch, client, own)
    assert drafted(branch) == {mine: own.id}


def test_a_charge_of_a_contract_that_begins_later_waits_for_it(branch) -> None:
    client = make_client(branch)
    make_contract(client)
    later = make_contract(client, starts_on=date(2027, 2, 1))
    waiting = charge(branch, client, later)
    assert drafted(branch) == {}
    assert drafted(branch, "2027-02", at(1, month=2, year=2027)) == {waiting: later.id}


def test_a_correction_larger_than_the_rent_does_not_keep_the_rent_from_being_billed(branch) -> None:
    client = make_client(branch)
    make_contract(client)
    charge(branch, client, amount=-900_000)
    small = charge(branch, client, amount=-10_000, key="2")
    found = drafted(branch)
    assert list(found) == [small]
    [draft] = db.session.scalars(sa.select(Invoice).where(Invoice.client_id == client.id))
    assert draft.subtotal == 340_000
    assert [row.unit_price for row in db.session.scalars(sa.select(PendingCharge).where(
        ~PendingCharge.billed))] == [-900_000]
