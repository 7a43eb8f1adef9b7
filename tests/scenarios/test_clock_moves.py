"""The clock moves: months by themselves, times down, many ticks, two zones, nobody watching."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, schedule, transaction
from fastoffice.billing.models import DutyDone, Invoice, LedgerCheck
from fastoffice.billing.service import holds
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import record_payments
from tests.factories.contracts import make_client, make_contract
from tests.factories.people import make_branch

GRACIELA = audit.Actor("Graciela Torres")
MINUTE = timedelta(minutes=1)


def at(text: str, zone: str = "America/Mexico_City") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def tick(text: str, zone: str = "America/Mexico_City") -> None:
    moment = at(text, zone)
    with clock.fixed_at(moment):
        result = schedule.tick(moment, hand_out=lambda unit: not unit.job.startswith("fastoffice.billing"))
    assert result.errors == []


@pytest.fixture
def polanco(app) -> Branch:
    """A branch that issues by itself at 8:00 of day 1, with two contracts."""
    branch = make_branch("PLC", auto_issue_at=time(8))
    for name in ("Logística Güemes", "Energía Flores"):
        make_contract(make_client(branch, name), [("Oficina privada", 890_000, 1_065_000)])
    return branch


def invoices(branch: Branch, **where: object) -> list[Invoice]:
    db.session.expire_all()
    query = sa.select(Invoice).filter_by(branch_id=branch.id, **where).order_by(Invoice.id)
    return list(db.session.scalars(query))


def notices(kind: str) -> list[Notice]:
    return list(db.session.scalars(sa.select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def test_a_month_goes_by_itself(polanco) -> None:
    tick("2026-12-01T00:00")
    assert [each.status for each in invoices(polanco)] == ["draft", "draft"]
    tick("2026-12-01T07:59")
    assert [each.status for each in invoices(polanco)] == ["draft", "draft"]
    tick("2026-12-01T08:00")
    assert [each.status for each in invoices(polanco)] == ["issued", "issued"]
    tick("2026-12-03T09:00")
    assert len(notices("invoice_reminder")) == 2
    tick("2026-12-05T23:59")
    assert len(notices("invoice_reminder")) == 4
    assert len(invoices(polanco, stage="list")) == 0
    tick("2026-12-06T00:00")
    assert [each.total for each in invoices(polanco, stage="list")] == [1_235_400, 1_235_400]
    assert len(notices("invoice_replaced")) == 2
    assert verify(polanco.id) == []


def test_a_hundred_ticks_are_one(polanco) -> None:
    for minute in range(100):
        moment = at("2026-12-01T08:00") + minute * MINUTE
        with clock.fixed_at(moment):
            schedule.tick(moment, hand_out=lambda unit: not unit.job.startswith("fastoffice.billing"))
    assert len(invoices(polanco)) == 2
    assert len(notices("invoice_issued")) == 2
    checks = db.session.scalar(sa.select(sa.func.count()).select_from(LedgerCheck))
    assert checks == 1


@pytest.mark.parametrize("back", ["2026-12-02T10:00", "2026-12-03T18:00"])
def test_down_on_the_first_days_the_month_is_issued_once_with_its_own_period(polanco, back: str) -> None:
    tick(back)
    assert [(each.period, each.status) for each in invoices(polanco)] == [("2026-12", "issued")] * 2
    assert {each.due_on for each in invoices(polanco)} == {date(2026, 12, 5)}


def test_issued_late_the_client_still_gets_three_days(polanco) -> None:
    tick("2026-12-05T10:00")
    assert {each.due_on for each in invoices(polanco)} == {date(2026, 12, 7)}
    tick("2026-12-07T23:59")
    assert len(invoices(polanco, stage="list")) == 0
    tick("2026-12-08T00:00")
    assert len(invoices(polanco, stage="list")) == 2


def test_down_over_the_deadline_one_tick_does_it_with_the_dates_of_its_moment(polanco) -> None:
    tick("2026-12-01T08:00")
    tick("2026-12-09T11:00")
    old, new = invoices(polanco, stage="prompt"), invoices(polanco, stage="list")
    assert {clock.local(each.cancelled_at, "America/Mexico_City").isoformat()[:16] for each in old} == {
        "2026-12-06T00:00"}
    assert {(each.issued_on, each.due_on) for each in new} == {(date(2026, 12, 6), date(2026, 12, 11))}
    assert len(notices("invoice_reminder")) == 0
    tick("2026-12-09T11:01")
    assert len(invoices(polanco)) == 4
    assert verify(polanco.id) == []


def test_down_for_a_month_and_over_the_years_end_each_step_is_done_once(polanco) -> None:
    tick("2026-11-01T08:00")
    tick("2027-01-09T10:00")
    found = {(each.period, each.stage): each.status for each in invoices(polanco)}
    assert found == {
        ("2026-11", "prompt"): "cancelled", ("2026-11", "list"): "issued",
        ("2026-12", "prompt"): "issued", ("2027-01", "prompt"): "issued"}
    assert {each.due_on for each in invoices(polanco, stage="list")} == {date(2027, 1, 11)}
    assert {each.due_on for each in invoices(polanco, period="2026-12")} == {date(2027, 1, 11)}
    duties = db.session.execute(sa.select(DutyDone.duty, DutyDone.key)).all()
    assert len(duties) == len(set(map(tuple, duties)))
    assert verify(polanco.id) == []


def test_a_paid_client_gets_no_reminder_and_is_left_alone(polanco) -> None:
    tick("2026-12-01T08:00")
    first = invoices(polanco)[0]
    moment = at("2026-12-02T12:00")
    spec = PaymentSpec(first.client_id, "transfer", first.total, date(2026, 12, 2))
    with clock.fixed_at(moment):
        transaction.run(lambda: record_payments(db.session.get_one(Branch, polanco.id), [spec], GRACIELA, moment))
    tick("2026-12-03T09:00")
    assert [notice.subject_id for notice in notices("invoice_reminder")] == [invoices(polanco)[1].id]
    tick("2026-12-06T00:00")
    assert [each.status for each in invoices(polanco, stage="prompt")] == ["paid", "cancelled"]


def test_an_invoice_in_dispute_waits_until_the_hold_ends(polanco) -> None:
    tick("2026-12-01T08:00")
    first, moment = invoices(polanco)[0], at("2026-12-04T12:00")
    with clock.fixed_at(moment):
        transaction.run(lambda: holds.place_hold(
            db.session.get_one(Branch, polanco.id), first.id, "dispute", "Dice que no usó la sala", GRACIELA, moment,
            until_at=at("2026-12-10T00:00")))
    tick("2026-12-06T00:00")
    assert [each.status for each in invoices(polanco, stage="prompt")] == ["issued", "cancelled"]
    tick("2026-12-12T00:00")
    assert {each.status for each in invoices(polanco, stage="prompt")} == {"cancelled"}
    assert max(each.due_on for each in invoices(polanco, stage="list")) == date(2026, 12, 15)
    assert verify(polanco.id) == []


def test_a_hold_placed_when_the_deadline_had_already_acted_in_law_falls_on_the_replacement(polanco) -> None:
    tick("2026-12-01T08:00")
    first, moment = invoices(polanco)[0], at("2026-12-07T09:00")
    with clock.fixed_at(moment):
        hold = transaction.run(lambda: holds.place_hold(
            db.session.get_one(Branch, polanco.id), first.id, "dispute", "Aclaración", GRACIELA, moment))
    assert hold.invoice_id == invoices(polanco, stage="list")[0].id


def test_midnight_is_the_branchs_own(app) -> None:
    tijuana, polanco = make_branch("TIJ"), make_branch("PLC")
    for branch in (tijuana, polanco):
        branch.policy.auto_issue_at = time(8)
        make_contract(make_client(branch), [("Oficina virtual", 89_000, 119_000)])
    transaction.run(lambda: [setattr(db.session.get_one(Branch, each.id).policy, "auto_issue_at", time(8))
                             for each in (tijuana, polanco)])
    tick("2026-12-01T12:00")
    tick("2026-12-06T00:30")  # half past midnight in Mexico City, still day 5 in Tijuana
    assert len(invoices(polanco, stage="list")) == 1
    assert len(invoices(tijuana, stage="list")) == 0
    tick("2026-12-06T00:00", "America/Tijuana")
    assert len(invoices(tijuana, stage="list")) == 1


def test_a_contract_that_ends_is_billed_to_its_last_day_and_never_again(polanco) -> None:
    make_contract(make_client(polanco, "Se va"), [("Oficina virtual", 310_000, 310_000)], ends_on=date(2026, 12, 10))
    tick("2026-12-01T08:00")
    tick("2027-01-01T08:00")
    query = sa.select(Invoice.period, Invoice.subtotal).where(Invoice.concept == "Oficina virtual")
    assert [tuple(row) for row in db.session.execute(query)] == [("2026-12", 100_000)]


def test_one_price_only_is_left_as_it_is(app) -> None:
    branch = make_branch("PLC", auto_issue_at=time(8))
    make_contract(make_client(branch), [("Oficina virtual", 89_000, 89_000)])
    tick("2026-12-01T08:00")
    tick("2026-12-20T08:00")
    assert [(each.stage, each.status) for each in invoices(branch)] == [("prompt", "issued")]


def test_six_tickers_at_once_make_one_document_per_contract(committed_app) -> None:
    branch = make_branch("PLC", auto_issue_at=time(8))
    for _number in range(12):
        make_contract(make_client(branch))
    branch_id = branch.id
    db.session.remove()
    faults: list[BaseException] = []

    def one_ticker() -> None:
        try:
            with committed_app.app_context():
                tick("2026-12-01T08:00")
                tick("2026-12-06T00:00")
                db.session.remove()
        except BaseException as fault:  # noqa: BLE001  it is raised again below
            faults.append(fault)

    threads = [threading.Thread(target=one_ticker) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    count = sa.select(Invoice.stage, sa.func.count()).where(Invoice.branch_id == branch_id).group_by(Invoice.stage)
    assert {row[0]: row[1] for row in db.session.execute(count)} == {"prompt": 12, "list": 12}
    assert verify(branch_id) == []


def test_automatic_issue_that_is_turned_on_later_leaves_alone_what_people_left(app) -> None:
    branch = make_branch("PLC")
    make_contract(make_client(branch))
    for moment in ("2026-11-01T08:00", "2026-12-01T08:00", "2026-12-07T08:00"):
        tick(moment)
    transaction.run(lambda: setattr(db.session.get_one(Branch, branch.id).policy, "auto_issue_at", time(8)))
    tick("2026-12-08T08:00")
    assert [(each.period, each.status) for each in invoices(branch)] == [("2026-11", "draft"), ("2026-12", "draft")]
    tick("2027-01-01T08:00")
    assert [(each.period, each.status) for each in invoices(branch)][2:] == [("2027-01", "issued")]


def test_automatic_issue_that_is_turned_on_within_its_days_begins_at_once(app) -> None:
    branch = make_branch("PLC")
    make_contract(make_client(branch))
    tick("2026-12-02T08:00")
    transaction.run(lambda: setattr(db.session.get_one(Branch, branch.id).policy, "auto_issue_at", time(8)))
    tick("2026-12-02T08:01")
    assert [(each.period, each.status) for each in invoices(branch)] == [("2026-12", "issued")]


def test_a_clock_two_days_off_and_back_leaves_everything_once(polanco) -> None:
    tick("2026-12-03T08:00")  # it is really day 1: documents are issued with the day the machine believed
    tick("2026-12-01T08:00")
    tick("2026-12-01T08:01")
    assert [(each.period, each.status) for each in invoices(polanco)] == [("2026-12", "issued")] * 2
    assert len(notices("invoice_issued")) == 2
    tick("2026-12-08T00:00")  # really day 6, after a deadline that was acted on at its own moment
    tick("2026-12-06T00:00")
    tick("2026-12-06T00:01")
    assert [each.stage for each in invoices(polanco)] == ["prompt", "prompt", "list", "list"]
    assert {each.due_on for each in invoices(polanco, stage="list")} == {date(2026, 12, 11)}
    assert verify(polanco.id) == []


def test_a_branch_set_up_in_the_middle_of_a_month_bills_itself_from_the_next(app) -> None:
    with clock.fixed_at(at("2026-11-21T12:00")):
        branch = make_branch("PLC", auto_issue_at=time(8))
        make_contract(make_client(branch))
    tick("2026-11-21T12:01")
    tick("2026-11-30T23:59")
    assert invoices(branch) == []
    tick("2026-12-01T08:00")
    assert [(each.period, each.status) for each in invoices(branch)] == [("2026-12", "issued")]


def test_a_contract_signed_on_day_ten_gets_its_own_draft_and_a_real_window(polanco) -> None:
    tick("2026-12-01T08:00")
    contract = make_contract(make_client(polanco, "Recién llegado"), [("Oficina virtual", 310_000, 372_000)],
                             starts_on=date(2026, 12, 10))
    tick("2026-12-10T00:05")
    draft = invoices(polanco, contract_id=contract.id)[0]
    assert (draft.status, draft.subtotal) == ("draft", 220_000)
