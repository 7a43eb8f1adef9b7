"""The monthly cycle on a small branch: drafts, issue, deadline, late money."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import credits, cycle, settling
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.people import make_branch

MARIANA = audit.Actor("Mariana R.")
MEXICO = ZoneInfo("America/Mexico_City")


def at(day: int, hour: int = 9, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MEXICO)


@pytest.fixture
def polanco(app) -> Branch:
    branch = make_branch("PLC")
    for number in range(3):
        client = make_client(branch, f"Cliente {number}")
        make_contract(client, lines=[("Oficina privada", 890000, 1065000)], starts_on=date(2026, 1, 1))
    return branch


def month(branch: Branch, upto: int) -> None:
    """The branch's December: 1 drafted, 2 issued, 3 closed."""
    with clock.fixed_at(at(1)):
        cycle.draft_period(branch.id, "2026-12", MARIANA, at(1))
        if upto > 1:
            cycle.issue_period(branch.id, "2026-12", MARIANA, at(1))
    if upto > 2:
        with clock.fixed_at(at(6, 0)):
            cycle.close_branch(branch.id, MARIANA, at(6, 0))


def invoices(branch: Branch, **where: object) -> list[Invoice]:
    query = sa.select(Invoice).filter_by(branch_id=branch.id, **where).order_by(Invoice.id)
    return list(db.session.scalars(query))


def pay(branch: Branch, client_id: int, amount: int, value_date: date, now: datetime, wishes=None) -> None:
    def unit() -> None:
        row = db.session.get_one(Branch, branch.id)
        source = f"test:{now:%d%H%M}:{amount}:{client_id}"
        [credit_id] = credits.receive([credits.Received(client_id, source, "bank", "MXN", value_date, amount)],
                                      branch_id=row.id, day=value_date, at=now)
        settling.settle(row, [settling.Money(credit_id, client_id, amount, value_date, "MXN", wishes)], MARIANA, now)

    with clock.fixed_at(now):
        transaction.run(unit)


def test_each_contract_gets_one_draft_however_often_they_are_made(polanco) -> None:
    month(polanco, 1)
    month(polanco, 1)
    drafts = invoices(polanco)
    assert [(draft.status, draft.total, draft.list_total) for draft in drafts] == [("draft", 1032400, 1235400)] * 3


def test_issued_documents_are_numbered_posted_and_announced(polanco) -> None:
    month(polanco, 2)
    assert [each.number for each in invoices(polanco)] == ["PLC-000001", "PLC-000002", "PLC-000003"]
    assert {each.due_on for each in invoices(polanco)} == {date(2026, 12, 5)}
    assert verify(polanco.id) == []


def test_after_the_deadline_the_unpaid_are_replaced_at_list_price_once(polanco) -> None:
    month(polanco, 3)
    month(polanco, 3)
    old, new = invoices(polanco, stage="prompt"), invoices(polanco, stage="list")
    assert {each.status for each in old} == {"cancelled"}
    assert [(each.status, each.total, each.replaces_id) for each in new] == [
        ("issued", 1235400, before.id) for before in old]
    assert {each.due_on for each in new} == {date(2026, 12, 11)}
    assert verify(polanco.id) == []


def test_a_paid_invoice_is_left_alone_by_the_deadline(polanco) -> None:
    month(polanco, 2)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1032400, date(2026, 12, 3), at(3))
    month(polanco, 3)
    assert [each.status for each in invoices(polanco, stage="prompt")] == ["paid", "cancelled", "cancelled"]
    assert verify(polanco.id) == []


def test_partly_paid_money_is_carried_over_once(polanco) -> None:
    month(polanco, 2)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 400000, date(2026, 12, 3), at(3))
    month(polanco, 3)
    heir = invoices(polanco, stage="list", client_id=first.client_id)[0]
    assert (heir.status, heir.paid, heir.balance) == ("partly_paid", 400000, 835400)
    assert invoices(polanco, id=first.id)[0].paid == 0
    assert verify(polanco.id) == []


def test_a_transfer_of_day_4_known_on_day_7_brings_the_prompt_price_back(polanco) -> None:
    month(polanco, 3)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1032400, date(2026, 12, 4), at(7), wishes=((first.id, None),))
    chain = invoices(polanco, client_id=first.client_id)
    assert [(each.stage, each.status, each.total, each.paid) for each in chain] == [
        ("prompt", "cancelled", 1032400, 0), ("list", "cancelled", 1235400, 0), ("prompt", "paid", 1032400, 1032400)]
    assert verify(polanco.id) == []


def test_late_money_for_the_old_number_goes_to_the_replacement(polanco) -> None:
    month(polanco, 3)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1032400, date(2026, 12, 7), at(7), wishes=((first.id, None),))
    heir = invoices(polanco, stage="list", client_id=first.client_id)[0]
    assert (heir.status, heir.balance) == ("partly_paid", 203000)
    assert verify(polanco.id) == []


def test_late_money_while_the_system_slept_does_not_save_the_prompt_price(polanco) -> None:
    month(polanco, 2)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1032400, date(2026, 12, 8), at(9))
    chain = invoices(polanco, client_id=first.client_id)
    assert [(each.stage, each.status, each.paid) for each in chain] == [
        ("prompt", "cancelled", 0), ("list", "partly_paid", 1032400)]
    assert verify(polanco.id) == []


def test_on_time_money_while_the_system_slept_keeps_the_prompt_price(polanco) -> None:
    month(polanco, 2)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1032400, date(2026, 12, 5), at(9))
    month(polanco, 3)
    chain = invoices(polanco, client_id=first.client_id)
    assert [(each.stage, each.status, each.paid) for each in chain] == [("prompt", "paid", 1032400)]
    assert verify(polanco.id) == []
