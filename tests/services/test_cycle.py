"""The monthly cycle on a small branch: drafts, issue, deadline, late money."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.queries import day, periods
from fastoffice.billing.service import adjusting, credits, cycle, drafting, settling
from fastoffice.billing.service.verifying import verify
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
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


def contracts_of(branch: Branch) -> list[Contract]:
    return list(db.session.scalars(sa.select(Contract).filter_by(branch_id=branch.id).order_by(Contract.id)))


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
    assert periods.summary(polanco.id, "2026-12", at(1)).changed == 3, "each is new this month"
    assert periods.documents(polanco.id, "2026-12", "changed", text="cliente")[1] == 3


def test_a_contract_that_raises_is_marked_and_the_others_go_on(polanco, monkeypatch) -> None:
    bad = contracts_of(polanco)[1].id
    plan = drafting.plan_draft

    def plan_or_break(terms, *rest):
        if terms.id == bad:
            raise ArithmeticError("a price without end")
        return plan(terms, *rest)

    monkeypatch.setattr(drafting, "plan_draft", plan_or_break)
    with clock.fixed_at(at(1)):
        first = cycle.draft_period(polanco.id, "2026-12", MARIANA, at(1))
        again = cycle.draft_period(polanco.id, "2026-12", MARIANA, at(1))
        issued = cycle.issue_period(polanco.id, "2026-12", MARIANA, at(1))
    assert (first.drafted, [key for key, _why in first.errors]) == (2, [bad])
    assert (again.drafted, again.existing, again.errors) == (0, 3, [])
    assert {each.error != "" for each in invoices(polanco, contract_id=bad)} == {True}
    assert (len(issued.issued), list(issued.skipped.values())) == (2, ["error"])


def test_a_contract_that_the_database_refuses_is_named_and_the_others_go_on(polanco, monkeypatch) -> None:
    month(polanco, 1)
    bad = invoices(polanco)[1]
    others = [each.id for each in invoices(polanco) if each.id != bad.id]
    transaction.run(lambda: db.session.execute(sa.delete(Invoice).where(Invoice.id.in_(others))))
    monkeypatch.setattr(drafting, "_already_drafted", lambda _ids, _period: set())
    with clock.fixed_at(at(1)):
        result = cycle.draft_period(polanco.id, "2026-12", MARIANA, at(1))
    assert (result.drafted, result.errors) == (2, [(bad.contract_id, "IntegrityError")])
    assert len(invoices(polanco)) == 3


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
    told = list(db.session.scalars(sa.select(Notice).filter_by(kind="invoice_replaced").order_by(Notice.id)))
    assert [[tuple(paper) for paper in notice.documents] for notice in told] == [
        [("invoice", after.id, "invoice"), ("invoice", before.id, "cancellation")]
        for before, after in zip(old, new, strict=True)]
    assert [[delivery.channel for delivery in notice.deliveries] for notice in told] == [["email"]] * 3
    assert verify(polanco.id) == []


def test_tax_that_is_withheld_exempt_or_of_the_border_is_carried_to_the_list_price(polanco) -> None:
    """Each line by its own profile, rounded by itself, before and after the deadline."""
    known = {profile.code: profile.id for profile in branches.tax_profiles(polanco.id)}
    client = make_client(polanco)
    make_contract(client, lines=[("Honorarios", 100_000, 120_000, known["honorarios"]),
                                 ("Renta", 100_001, 120_001, known["exento"]),
                                 ("Frontera", 100_007, 120_007, known["iva8"])])
    month(polanco, 3)
    old, new = invoices(polanco, client_id=client.id)
    assert [(each.subtotal, each.tax, each.withheld, each.total) for each in (old, new)] == [
        (300_008, 16_000 + 8_001, 20_667, 303_342), (360_008, 19_200 + 9_601, 24_800, 364_009)]
    assert old.list_total == new.total
    pay(polanco, client.id, new.total, date(2026, 12, 8), at(8))
    assert (new.status, verify(polanco.id)) == ("paid", [])


def test_a_paid_invoice_is_left_alone_by_the_deadline(polanco) -> None:
    month(polanco, 2)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1032400, date(2026, 12, 3), at(3))
    month(polanco, 3)
    assert [each.status for each in invoices(polanco, stage="prompt")] == ["paid", "cancelled", "cancelled"]
    assert verify(polanco.id) == []


def test_an_advance_a_discount_and_a_later_part_are_carried_over_once(polanco) -> None:
    """1,000.00 came before there was a bill, 500.00 was taken off it, 2,000.00 came before the deadline."""
    client_id = contracts_of(polanco)[0].client_id
    pay(polanco, client_id, 100_000, date(2026, 11, 28), at(28, month=11))
    month(polanco, 1)
    draft = invoices(polanco, client_id=client_id)[0]
    discount = adjusting.LineChange("Por la obra de enfrente", 1000, -50_000, -50_000)
    profile = branches.tax_profiles(polanco.id)[0]
    transaction.run(lambda: adjusting.add_line(
        adjusting.open_draft(polanco.id, draft.id, None), discount, profile, MARIANA))
    month(polanco, 2)
    issued = invoices(polanco, client_id=client_id)[0]
    assert (issued.total, issued.paid, issued.status) == (974_400, 100_000, "partly_paid")
    pay(polanco, client_id, 200_000, date(2026, 12, 3), at(3))
    month(polanco, 3)
    old, heir = invoices(polanco, client_id=client_id)
    assert (old.status, old.paid) == ("cancelled", 0)
    assert (heir.total, heir.paid, heir.balance) == (1_235_400 - 58_000, 300_000, 877_400)
    assert [line.subtotal for line in heir.lines] == [1_065_000, -50_000]
    assert verify(polanco.id) == []


def test_the_months_figures_count_a_replaced_invoice_as_cancelled_and_its_heir_as_owed(polanco) -> None:
    month(polanco, 2)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1_032_400, date(2026, 12, 3), at(3))
    month(polanco, 3)
    found = periods.summary(polanco.id, "2026-12", at(12))
    assert (found.paid, found.paid_total, found.cancelled) == (1, 1_032_400, 2)
    assert (found.open, found.open_total, found.open_balance, found.received) == (2, 2_470_800, 2_470_800, 1_032_400)
    rows, count = periods.documents(polanco.id, "2026-12", "open")
    assert (count, {row.stage for row in rows}) == (2, {"list"})
    owed = day.overdue(polanco.id, date(2026, 12, 12))
    assert (owed.amount, owed.documents) == (2_470_800, 2)


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


@pytest.mark.parametrize("day", [6, 7, 20])
def test_late_money_for_the_old_number_goes_to_the_replacement(polanco, day: int) -> None:
    month(polanco, 3)
    first = invoices(polanco)[0]
    pay(polanco, first.client_id, 1032400, date(2026, 12, day), at(20), wishes=((first.id, None),))
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
