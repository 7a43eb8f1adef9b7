"""Contracts are agreed, changed, suspended, ended and renewed; their prices change by date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import transaction
from fastoffice.audit.history import entries_of
from fastoffice.billing.models import Invoice
from fastoffice.billing.queries import contracts as billed
from fastoffice.billing.rules.drafts import plan_draft
from fastoffice.billing.service import facts
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import tax_profiles
from fastoffice.contracts import lists
from fastoffice.contracts.checks import LineData
from fastoffice.contracts.errors import (
    ContractChanged,
    DayOutside,
    HasEnded,
    HasStarted,
    InvalidContract,
    LastLine,
    OfficeTaken,
    PeriodIssued,
)
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service import contracts as service
from fastoffice.contracts.service import lifecycle
from fastoffice.contracts.service import lines as line_service
from fastoffice.contracts.service.lines import PriceChange
from fastoffice.extensions import db
from tests.factories.contracts import LIST, PROMPT, make_client, make_contract
from tests.factories.money import issue_month
from tests.factories.people import ACTOR, make_branch

TODAY = date(2026, 12, 10)


@pytest.fixture
def polanco(app: Flask) -> Branch:
    return make_branch("PLC")


def act(contract: Contract, work: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """One unit: `work(actor, contract, …)` on the contract as it is now."""
    contract_id = contract.id
    result = transaction.run(lambda: work(ACTOR, db.session.get_one(Contract, contract_id), *args, **values))
    db.session.expire_all()
    return result


def act_on_line(contract: Contract, work: Callable[..., Any], *args: Any, place: int = 0, **values: Any) -> Any:
    """The same with one of its services."""
    contract_id = contract.id
    result = transaction.run(
        lambda: work(ACTOR, db.session.get_one(Contract, contract_id).lines[place], *args, **values))
    db.session.expire_all()
    return result


def bill(contract: Contract, period: str) -> list[tuple[int, int | None]]:
    """(prompt price, days billed or None for the whole month) of each line that the month's draft would have."""
    terms = facts.load(contract.branch_id, [contract.id], prorate=True)[contract.id].terms
    plan = plan_draft(terms, period, None)
    return [(line.prompt_unit, line.days[0] if line.days else None) for line in plan.lines] if plan else []


def price(contract: Contract, dated: date, prompt: int, listed: int, issued_to: date | None = None) -> date:
    counts: date = act_on_line(contract, line_service.change_price, PriceChange(dated, prompt, listed),
                               issued_to=issued_to, today=TODAY)
    return counts


# ---- agreeing ----

def test_a_contract_gets_the_next_code_of_the_branch_and_its_prices_from_its_first_day(polanco: Branch) -> None:
    client = make_client(polanco)
    make_contract(client, code="C-0041")
    contract = make_contract(client, [("Oficina 204", 890_000, 1_065_000), ("Sala", 10_000, 10_000)],
                             starts_on=date(2026, 3, 15), ends_on=date(2027, 3, 14), office="204")
    assert (contract.code, contract.office.code if contract.office else "") == ("C-0042", "204")
    assert [(line.description, line.prices[0].valid_from) for line in contract.lines] == [
        ("Oficina 204", date(2026, 3, 15)), ("Sala", date(2026, 3, 15))]
    assert bill(contract, "2026-03") == [(890_000, 17), (10_000, 17)]


def test_the_same_office_in_any_case_is_one_office(polanco: Branch) -> None:
    first, second = (make_contract(make_client(polanco), office=code) for code in ("b-12", " B-12 "))
    assert first.office_id == second.office_id


def test_a_code_that_is_taken_is_refused_beside_its_field(polanco: Branch) -> None:
    make_contract(make_client(polanco), code="OF-1")
    with pytest.raises(InvalidContract) as refused:
        make_contract(make_client(polanco), code="OF-1")
    assert set(refused.value.errors) == {"code"}


def test_two_contracts_of_one_office_need_a_yes(polanco: Branch) -> None:
    running = make_contract(make_client(polanco), office="204", ends_on=date(2026, 12, 31))
    client = make_client(polanco)
    data = service.ContractData(date(2026, 12, 31), (LineData("Oficina", 1, 1),), office="204")

    def agree(**values: Any) -> Contract:
        branch_id, client_id = polanco.id, client.id
        return transaction.run(lambda: service.create_contract(
            ACTOR, db.session.get_one(Branch, branch_id), client_id, data, running.created_at, **values))

    with pytest.raises(OfficeTaken) as taken:
        agree()
    assert [other.code for other in taken.value.others] == [running.code]
    assert agree(shared_office=True).office_id == running.office_id


def test_the_office_is_free_after_the_last_day(polanco: Branch) -> None:
    make_contract(make_client(polanco), office="204", ends_on=date(2026, 11, 30))
    branch_id, client_id = polanco.id, make_client(polanco).id
    data = service.ContractData(date(2026, 12, 1), (LineData("Oficina", 1, 1),), office="204")
    contract = transaction.run(lambda: service.create_contract(
        ACTOR, db.session.get_one(Branch, branch_id), client_id, data, polanco.created_at))
    assert contract.office is not None


def test_a_tax_profile_of_another_branch_is_refused(polanco: Branch) -> None:
    foreign = tax_profiles(make_branch("TIJ").id)[0].id
    with pytest.raises(InvalidContract):
        make_contract(make_client(polanco), [("Oficina", 1, 1, foreign)])


# ---- editing ----

def changes(contract: Contract, **values: Any) -> service.ContractChanges:
    known = {"office": contract.office.code if contract.office else "", "channels": tuple(contract.channels),
             "deposit": contract.deposit, "meeting_minutes": contract.meeting_minutes, "notes": contract.notes}
    return service.ContractChanges(**{**known, **values})


def test_the_second_of_two_tabs_is_told(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    seen = contract.version
    assert act(contract, service.edit_contract, changes(contract, deposit=100), seen, day=TODAY) == ["deposit"]
    with pytest.raises(ContractChanged):
        act(contract, service.edit_contract, changes(contract, deposit=200), seen, day=TODAY)
    assert contract.deposit == 100


def test_a_change_of_prices_outdates_the_other_tab_too(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    seen = contract.version
    price(contract, date(2027, 1, 1), 400_000, 450_000)
    with pytest.raises(ContractChanged):
        act(contract, service.edit_contract, changes(contract, deposit=200), seen, day=TODAY)


def test_an_earlier_first_day_takes_the_first_price_along(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco), starts_on=date(2026, 12, 15))
    act(contract, service.edit_contract, changes(contract, starts_on=date(2026, 12, 1)), contract.version, day=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, None)]


# ---- prices by date ----

def test_a_price_dated_inside_a_month_counts_from_the_next_bill(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    assert price(contract, date(2026, 12, 15), 400_000, 450_000) == date(2027, 1, 1)
    assert bill(contract, "2026-12") == [(PROMPT, None)]
    assert bill(contract, "2027-01") == [(400_000, None)]


def test_what_is_issued_keeps_its_price(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    issue_month(polanco)
    issued_to = billed.issued_to(contract.id)
    assert issued_to == date(2026, 12, 31)
    with pytest.raises(PeriodIssued) as refused:
        price(contract, date(2026, 12, 1), 400_000, 450_000, issued_to)
    assert refused.value.field == "valid_from"
    assert price(contract, date(2026, 12, 2), 400_000, 450_000, issued_to) == date(2027, 1, 1)


def test_a_draft_made_before_the_change_is_said_to_be_stale(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    issue_month(polanco)
    from fastoffice.billing.service import cycle
    from tests.factories.money import MARIANA, at

    cycle.draft_period(polanco.id, "2027-01", MARIANA, at(31))
    assert billed.stale_drafts(polanco, contract.id) == []
    price(contract, date(2027, 1, 1), 400_000, 450_000)
    assert [draft.period for draft in billed.stale_drafts(polanco, contract.id)] == ["2027-01"]


def test_the_same_day_corrects_the_price_and_a_future_one_can_be_taken_back(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    price(contract, date(2027, 1, 1), 400_000, 450_000)
    price(contract, date(2027, 1, 1), 410_000, 460_000)
    assert bill(contract, "2027-01") == [(410_000, None)]
    last = contract.lines[0].prices[-1]
    transaction.run(lambda: line_service.drop_price(ACTOR, db.session.merge(last), issued_to=None, today=TODAY))
    db.session.expire_all()
    assert bill(contract, "2027-01") == [(PROMPT, None)]


def test_the_first_price_stays(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    first = contract.lines[0].prices[0]
    with pytest.raises(DayOutside):
        transaction.run(lambda: line_service.drop_price(ACTOR, db.session.merge(first), issued_to=None, today=TODAY))


def test_a_list_price_below_the_prompt_price_is_refused(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    with pytest.raises(InvalidContract) as refused:
        price(contract, date(2027, 1, 1), 400_000, 399_999)
    assert set(refused.value.errors) == {"list_price"}


# ---- services ----

def test_a_service_is_added_from_its_day_and_ends_on_its_day(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    act(contract, line_service.add_line, LineData("Sala", 50_000, 60_000, starts_on=date(2027, 1, 16)), today=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, None)]
    assert bill(contract, "2027-01") == [(PROMPT, None), (50_000, 16)]
    act_on_line(contract, line_service.end_line, date(2027, 1, 20), place=1, today=TODAY)
    assert bill(contract, "2027-01") == [(PROMPT, None), (50_000, 5)]
    assert bill(contract, "2027-02") == [(PROMPT, None)]


def test_the_last_service_cannot_end_alone(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    with pytest.raises(LastLine):
        act_on_line(contract, line_service.end_line, TODAY, today=TODAY)


# ---- its life ----

def test_a_suspended_contract_is_billed_until_the_day_before(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    act(contract, lifecycle.suspend_contract, date(2026, 12, 2), today=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, 1)]
    assert bill(contract, "2027-01") == []


def test_the_days_of_a_suspension_stay_unbilled_after_it_resumes(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    price(contract, date(2027, 3, 1), 500_000, 600_000)
    act(contract, lifecycle.suspend_contract, date(2026, 12, 11), today=TODAY)
    act(contract, lifecycle.resume_contract, date(2027, 1, 22), today=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, 10)]
    assert bill(contract, "2027-01") == [(PROMPT, 10)]
    assert bill(contract, "2027-02") == [(PROMPT, None)]
    assert bill(contract, "2027-03") == [(500_000, None)]
    assert (contract.state, contract.suspended_on) == ("active", None)


def test_suspended_and_resumed_within_a_month_both_parts_are_billed(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    act(contract, lifecycle.suspend_contract, date(2026, 12, 6), today=TODAY)
    act(contract, lifecycle.resume_contract, date(2026, 12, 22), today=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, 5), (PROMPT, 10)]


def test_resumed_on_its_first_day_nothing_was_suspended(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    act(contract, lifecycle.suspend_contract, date(2026, 12, 20), today=TODAY)
    act(contract, lifecycle.resume_contract, date(2026, 12, 20), today=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, None)]
    assert len(contract.lines) == 1


def test_it_cannot_resume_before_it_was_suspended(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    act(contract, lifecycle.suspend_contract, date(2026, 12, 20), today=TODAY)
    with pytest.raises(DayOutside):
        act(contract, lifecycle.resume_contract, date(2026, 12, 19), today=TODAY)


def test_an_ended_contract_is_billed_through_its_last_day_and_never_after(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    act(contract, lifecycle.end_contract, date(2026, 12, 5), today=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, 5)]
    issue_month(polanco, period="2027-01")
    issue_month(polanco, period="2026-12")
    periods = db.session.scalars(sa.select(Invoice.period).where(Invoice.contract_id == contract.id)).all()
    assert periods == ["2026-12"]
    with pytest.raises(HasEnded):
        act(contract, lifecycle.suspend_contract, date(2026, 12, 5), today=TODAY)


def test_the_end_cannot_be_before_the_start_nor_later_than_agreed(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco), ends_on=date(2026, 12, 31))
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(DayOutside):
            act(contract, lifecycle.end_contract, day, today=TODAY)


def test_a_renewed_contract_goes_on_without_a_gap_even_after_its_end(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco), ends_on=date(2026, 12, 5))
    act(contract, lifecycle.renew_contract, date(2027, 12, 5), today=TODAY)
    assert bill(contract, "2026-12") == [(PROMPT, None)]
    with pytest.raises(DayOutside):
        act(contract, lifecycle.renew_contract, date(2027, 12, 5), today=TODAY)
    act(contract, lifecycle.renew_contract, None, today=TODAY)
    assert contract.ends_on is None


def test_a_renewal_asks_when_the_office_went_to_somebody_else(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco), office="204", ends_on=date(2026, 12, 5))
    make_contract(make_client(polanco), office="204", starts_on=date(2026, 12, 6))
    with pytest.raises(OfficeTaken):
        act(contract, lifecycle.renew_contract, date(2027, 12, 5), today=TODAY)
    act(contract, lifecycle.renew_contract, date(2027, 12, 5), today=TODAY, shared_office=True)


def test_a_contract_written_by_mistake_is_withdrawn_and_never_billed(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco), office="204")
    act(contract, lifecycle.withdraw_contract, billed=billed.was_billed(contract.id), today=TODAY)
    issue_month(polanco)
    assert billed.was_billed(contract.id) is False
    assert lists.find(polanco.id, "204", 5)[0].state == "ended"


def test_a_billed_contract_cannot_be_withdrawn(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    issue_month(polanco)
    with pytest.raises(HasStarted):
        act(contract, lifecycle.withdraw_contract, billed=billed.was_billed(contract.id), today=TODAY)


def test_each_step_stands_in_the_log(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco))
    act(contract, lifecycle.suspend_contract, date(2026, 12, 11), today=TODAY)
    act(contract, lifecycle.resume_contract, date(2026, 12, 20), today=TODAY)
    act(contract, lifecycle.end_contract, date(2027, 6, 30), today=TODAY)
    actions = [entry.action for entry in entries_of(polanco.id, {"contract": [contract.id]})]
    assert actions == ["contract.ended", "contract.resumed", "contract.suspended", "contract.created"]


# ---- lists ----

def test_the_list_knows_what_runs_ends_soon_is_suspended_and_is_over(polanco: Branch) -> None:
    runs, soon, over, held = (make_contract(make_client(polanco, name), ends_on=end) for name, end in (
        ("Ávila", None), ("Beta", date(2027, 1, 31)), ("Ceta", date(2026, 12, 9)), ("Delta", None)))
    act(held, lifecycle.suspend_contract, date(2026, 12, 1), today=TODAY)

    def shown(show: str, **values: str) -> list[int]:
        return [row.id for row in lists.contract_page(polanco.id, lists.ContractFilter(show, **values), TODAY).rows]

    assert shown("active") == [runs.id, soon.id, held.id]
    assert shown("ending") == [soon.id]
    assert shown("suspended") == [held.id]
    assert shown("ended") == [over.id]
    assert shown("all", q="avila") == shown("all", q=runs.code) == [runs.id]
    assert shown("all", sort="-code") == [held.id, over.id, soon.id, runs.id]
    assert lists.contract_counts(polanco.id, TODAY) == {"active": 3, "ending": 1, "suspended": 1, "ended": 1}


def test_monthly_prices_are_those_of_the_services_in_force(polanco: Branch) -> None:
    contract = make_contract(make_client(polanco), [("Oficina", 100, 150), ("Sala", 10, 20)])
    act_on_line(contract, line_service.end_line, date(2026, 12, 1), place=1, today=TODAY)
    assert lists.monthly_prices([contract.id], TODAY) == {contract.id: (100, 150)}
    future = make_contract(make_client(polanco), starts_on=date(2027, 5, 1))
    assert lists.monthly_prices([future.id], TODAY) == {future.id: (PROMPT, LIST)}
