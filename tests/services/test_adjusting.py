"""A draft before it is issued: lines, charges, exclusion, and what its contract says meanwhile."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.errors import ChangedMeanwhile, NotADraft, ReasonMissing, TotalBelowZero
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.queries import drafts
from fastoffice.billing.service import adjusting, cycle, issuing
from fastoffice.billing.service.adjusting import LineChange
from fastoffice.billing.service.verifying import verify
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.charges import service as charges
from fastoffice.charges.models import PendingCharge
from fastoffice.contracts.models import Contract, LinePrice
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.people import make_branch

MARIANA = audit.Actor("Mariana R.")
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("America/Mexico_City"))


@pytest.fixture
def contract(app) -> Contract:
    client = make_client(make_branch("PLC"), "Logística Güemes López, S.C.")
    return make_contract(client, lines=[("Oficina privada", 890000, 1065000)], starts_on=date(2026, 1, 1))


@pytest.fixture
def draft(contract: Contract) -> Invoice:
    with clock.fixed_at(NOON):
        cycle.draft_period(contract.branch_id, "2026-12", MARIANA, NOON)
    return only_draft()


def only_draft() -> Invoice:
    return db.session.scalars(sa.select(Invoice).where(Invoice.status == "draft", Invoice.live)).one()


def branch_of(invoice: Invoice) -> Branch:
    return db.session.get_one(Branch, invoice.branch_id)


def change(text: str = "Estacionamiento", quantity: int = 1000, prompt: int = 81200,
           at_list: int | None = None) -> LineChange:
    return LineChange(text, quantity, prompt, prompt if at_list is None else at_list)


def work(draft: Invoice, what, version: int | None = None) -> None:
    branch_id, key = draft.branch_id, draft.id
    transaction.run(lambda: what(adjusting.open_draft(branch_id, key, version)))


def new_price(contract: Contract, prompt: int, at_list: int) -> None:
    """The manager agrees another price from December on."""
    line_id = contract.lines[0].id
    transaction.run(lambda: db.session.add(LinePrice(
        branch_id=contract.branch_id, contract_line_id=line_id, valid_from=date(2026, 12, 1), prompt_price=prompt,
        list_price=at_list)))


def profile_of(draft: Invoice):
    return branches.tax_profiles(draft.branch_id)[0]


def test_a_changed_price_moves_both_totals_and_is_noted(draft) -> None:
    work(draft, lambda row: adjusting.adjust_line(row, row.lines[0], change("Oficina", 1000, 800000, 1000000),
                                                  MARIANA))
    draft = only_draft()
    assert (draft.total, draft.list_total) == (928000, 1160000)
    assert draft.changes[-1] == {"kind": "adjusted", "line": "Oficina", "from": 890000, "to": 800000}


def test_a_one_off_charge_and_a_discount_are_taxed_line_by_line(draft) -> None:
    work(draft, lambda row: adjusting.add_line(row, change(), profile_of(row), MARIANA))
    work(draft, lambda row: adjusting.add_line(row, change("Cortesía", 1000, -5005), profile_of(row), MARIANA))
    draft = only_draft()
    assert [line.tax for line in draft.lines] == [142400, 12992, -801]
    assert draft.total == sum(line.subtotal + line.tax for line in draft.lines)
    assert verify(draft.branch_id) == []


def test_a_discount_can_never_push_the_total_below_zero(draft) -> None:
    with pytest.raises(TotalBelowZero):
        work(draft, lambda row: adjusting.add_line(row, change("Todo gratis", 1000, -9000000), profile_of(row),
                                                   MARIANA))
    assert only_draft().total == 1032400


def test_the_second_editor_is_told_and_the_first_ones_work_stays(draft) -> None:
    seen = draft.version
    work(draft, lambda row: adjusting.adjust_line(row, row.lines[0], change("Oficina", 1000, 800000), MARIANA), seen)
    with pytest.raises(ChangedMeanwhile):
        work(draft, lambda row: adjusting.adjust_line(row, row.lines[0], change("Otra", 1000, 1), MARIANA), seen)
    assert only_draft().lines[0].prompt_unit == 800000


def test_a_charge_taken_off_waits_for_the_next_draft_again(draft) -> None:
    branch_id, client_id, contract_id = draft.branch_id, draft.client_id, draft.contract_id
    transaction.run(lambda: charges.add_charge(
        db.session.get_one(Branch, branch_id), client_id, contract_id, "Sala de juntas", date(2026, 11, 20), 2000,
        40600, profile_of(draft).id, "booking:77", MARIANA, NOON))
    work(draft, lambda row: adjusting.refresh(branch_of(row), row, MARIANA))
    line = next(line for line in only_draft().lines if line.charge_id)
    assert line.subtotal == 81200
    work(draft, lambda row: adjusting.remove_line(row, next(each for each in row.lines if each.charge_id), MARIANA))
    assert only_draft().total == 1032400
    assert db.session.scalars(sa.select(PendingCharge)).one().billed is False


def test_excluding_asks_for_a_reason_and_keeps_the_draft_out_of_the_run(draft) -> None:
    with pytest.raises(ReasonMissing):
        work(draft, lambda row: adjusting.exclude(row, "  ", MARIANA))
    work(draft, lambda row: adjusting.exclude(row, "Se negocia la salida", MARIANA))
    with clock.fixed_at(NOON):
        cycle.issue_period(draft.branch_id, "2026-12", MARIANA, NOON)
    assert only_draft().excluded_reason == "Se negocia la salida"


def test_a_draft_that_matches_its_contract_is_not_called_stale(draft) -> None:
    assert drafts.contract_says(branch_of(draft), draft) is None


def test_a_stale_draft_shows_what_the_contract_says_now_and_takes_it_over(draft, contract) -> None:
    work(draft, lambda row: adjusting.add_line(row, change(), profile_of(row), MARIANA))
    new_price(contract, 900000, 1100000)
    draft = only_draft()
    says = drafts.contract_says(branch_of(draft), draft)
    assert says is not None
    assert (says.prompt_total, says.list_total) == (1044000 + 94192, 1276000 + 94192)
    work(draft, lambda row: adjusting.refresh(branch_of(row), row, MARIANA))
    draft = only_draft()
    assert (draft.total, draft.list_total) == (says.prompt_total, says.list_total)
    assert drafts.contract_says(branch_of(draft), draft) is None
    assert [line.position for line in draft.lines] == [1, 2]
    assert {"kind": "added", "line": "Estacionamiento", "to": 81200} in draft.changes


def test_a_stale_draft_is_left_out_of_the_issue_until_it_is_refreshed(draft, contract) -> None:
    new_price(contract, 900000, 1100000)

    def issue() -> dict[int, str]:
        return transaction.run(lambda: issuing.issue_invoices(
            db.session.get_one(Branch, contract.branch_id), [(draft.id, None)], MARIANA, NOON)).skipped

    assert issue() == {draft.id: "stale"}
    work(draft, lambda row: adjusting.refresh(branch_of(row), row, MARIANA))
    assert issue() == {}


def test_what_is_issued_can_no_longer_be_edited(draft) -> None:
    transaction.run(lambda: issuing.issue_invoices(
        db.session.get_one(Branch, draft.branch_id), [(draft.id, None)], MARIANA, NOON))
    with pytest.raises(NotADraft):
        work(draft, lambda row: adjusting.exclude(row, "tarde", MARIANA))
    assert db.session.scalars(sa.select(InvoiceLine)).one().prompt_unit == 890000


def test_the_preview_of_a_change_gives_the_totals_that_saving_it_gives(draft) -> None:
    line = draft.lines[0]
    typed = change("Oficina", 1500, 800000, 1000000)
    expected = drafts.totals_with(draft, typed, adjusting.rates_of(line), line.id)
    work(draft, lambda row: adjusting.adjust_line(row, row.lines[0], typed, MARIANA))
    assert (only_draft().total, only_draft().list_total) == expected
