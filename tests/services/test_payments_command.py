"""flask payments record, as scripts use it."""

from __future__ import annotations

import json

import pytest

from fastoffice.payments import queries
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import chain, close_month, invoices_of, issue_month
from tests.factories.people import make_branch


@pytest.fixture
def guemes(app):
    branch = make_branch("PLC")
    client = make_client(branch, "Logística Güemes López, S.C.")
    make_contract(client, lines=[("Oficina privada", 890_000, 1_065_000)])
    issue_month(branch)
    return client


def record(runner, *more: str, reference: str = "PLC000001", amount: str = "10324.00"):
    return runner.invoke(args=["payments", "record", "--branch", "plc", "--reference", reference, "--amount", amount,
                               "--method", "transfer", *more])


def test_a_late_known_transfer_turns_the_case_back_to_the_prompt_price(runner, guemes) -> None:
    close_month(guemes_branch(guemes))
    reference = invoices_of(guemes)[0].reference
    result = record(runner, "--value-date", "2026-12-04", "--at", "2026-12-07T10:00", "--json", reference=reference)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert answer.pop("payment") > 0
    assert answer == {
        "new": True, "client": "Logística Güemes López, S.C.", "state": "received", "amount": "10324.00",
        "currency": "MXN", "value_date": "2026-12-04",
        "applied": [{"invoice": "PLC-000003", "amount": "10324.00"}], "credit": "0.00", "restored": ["PLC-000003"],
        "replaced": [], "receipt": "R-PLC-000001"}
    assert chain(guemes)[-1] == ("prompt", "paid", 1_032_400, 1_032_400)


def guemes_branch(client):
    from fastoffice.branches.queries import branch_by_code

    return branch_by_code("PLC")


def test_while_the_system_slept_late_money_first_lets_the_deadline_act(runner, guemes) -> None:
    result = record(runner, "--value-date", "2026-12-08", "--at", "2026-12-09T10:00", "--json")
    answer = json.loads(result.output)
    assert answer["replaced"] == ["PLC-000002"]
    assert answer["applied"] == [{"invoice": "PLC-000002", "amount": "10324.00"}]


def test_the_same_key_is_the_same_payment(runner, guemes) -> None:
    for new in (True, False):
        result = record(runner, "--at", "2026-12-02", "--json", "--request-key", "bank-77")
        assert json.loads(result.output)["new"] is new
    assert queries.client_money(guemes.id) == queries.ClientMoney(0, 0)


@pytest.mark.parametrize(("options", "words"), [
    ({"reference": "PLC-999999"}, "PLC-999999"),
    ({"reference": "PLC00000100"}, "dígitos de control"),
    ({"amount": "ten"}, "ten"),
    ({"amount": "0"}, ""),
])
def test_what_is_wrong_is_said_in_one_line(runner, guemes, options, words) -> None:
    result = record(runner, "--at", "2026-12-02", **options)
    assert result.exit_code == 1
    assert words in result.output
    assert result.output.count("\n") == 1


def test_a_date_in_the_future_of_the_branch_is_refused(runner, guemes) -> None:
    result = record(runner, "--at", "2026-12-02T23:30", "--value-date", "2026-12-03")
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
