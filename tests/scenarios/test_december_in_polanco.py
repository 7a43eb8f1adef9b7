"""The issue's own story: Polanco's real spreadsheet, December 2026, from roster to replaced or restored."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fastoffice.extensions import db

SAMPLE = Path(__file__).parents[1] / "fixtures" / "roster" / "contratos-polanco.xlsx"


@pytest.fixture
def flask(committed_app, runner_of) -> Any:
    return runner_of(committed_app)


def plc(flask) -> None:
    flask("branch", "create", "PLC", "--name", "Polanco", "--timezone", "America/Mexico_City",
          "--clabe", "012180001234567899", "--json")
    flask("import", "contracts", str(SAMPLE), "--branch", "PLC", "--json")


def issued(flask) -> dict[str, Any]:
    plc(flask)
    drafted = flask("billing", "draft", "--branch", "PLC", "--period", "2026-12", "--at", "2026-12-01T08:00", "--json")
    assert (drafted["drafted"], drafted["errors"]) == (64, [])
    return flask("billing", "issue", "--branch", "PLC", "--period", "2026-12", "--at", "2026-12-01T09:00", "--json")


def close(flask, at: str = "2026-12-06T00:00") -> dict[str, Any]:
    return flask("billing", "close", "--branch", "PLC", "--period", "2026-12", "--at", at, "--json")


def export(flask, what: str) -> list[dict[str, Any]]:
    return flask("export", what, "--branch", "PLC", "--format", "json")


def test_sixty_four_contracts_are_issued_for_the_sum_of_the_spreadsheet(flask) -> None:
    answer = issued(flask)
    assert (answer["issued"], answer["subtotal"], answer["tax"], answer["total"]) == (
        64, "265380.00", "42460.80", "307840.80")
    assert flask("ledger", "verify", "--json")["ok"]


def test_importing_the_same_file_again_changes_nothing(flask) -> None:
    plc(flask)
    again = flask("import", "contracts", str(SAMPLE), "--branch", "PLC", "--json")
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 64)


def test_a_minute_before_midnight_nothing_is_cancelled(flask) -> None:
    issued(flask)
    assert close(flask, "2026-12-05T23:59")["cancelled"] == 0


def test_at_midnight_of_day_six_all_are_replaced_at_list_price_with_one_explanation_each(flask) -> None:
    issued(flask)
    answer = close(flask)
    assert (answer["cancelled"], answer["replaced"], answer["total"]) == (64, 64, "374633.60")
    assert close(flask)["replaced"] == 0
    kinds = Counter(notice["kind"] for notice in export(flask, "outbox"))
    assert (kinds["invoice_issued"], kinds["invoice_replaced"]) == (64, 64)
    assert flask("ledger", "verify", "--json")["ok"]


def test_a_transfer_of_day_four_recorded_on_day_seven_is_paid_at_the_prompt_price(flask) -> None:
    issued(flask)
    close(flask)
    old = next(row for row in export(flask, "invoices") if row["status"] == "cancelled")
    paid = flask("payments", "record", "--branch", "PLC", "--reference", old["number"], "--amount", old["total"],
                 "--method", "transfer", "--value-date", "2026-12-04", "--at", "2026-12-07T10:00", "--json")
    assert len(paid["restored"]) == 1
    rows = {row["number"]: row for row in export(flask, "invoices")}
    restored = rows[paid["restored"][0]]
    assert (restored["stage"], restored["status"], restored["total"]) == ("prompt", "paid", old["total"])
    assert rows[restored["replaces"]]["status"] == "cancelled"
    assert flask("ledger", "verify", "--json")["ok"]


def test_every_figure_adds_up_in_the_export(flask) -> None:
    issued(flask)
    close(flask)
    for row in export(flask, "invoices"):
        lines = sum(Decimal(line["subtotal"]) + Decimal(line["tax"]) - Decimal(line["withheld"]) for line in row["lines"])
        assert lines == Decimal(row["total"])
        assert row["due_at"].startswith("2026-12-05T23:59:59" if row["stage"] == "prompt" else "2026-12-11T23:59:59")
    db.session.remove()


def test_the_payment_reference_of_the_mail_works_as_well_as_the_number(flask) -> None:
    issued(flask)
    row = export(flask, "invoices")[0]
    paid = flask("payments", "record", "--branch", "PLC", "--reference", row["reference"].lower(), "--amount",
                 row["total"], "--method", "transfer", "--value-date", "2026-12-02", "--at", "2026-12-03T10:00", "--json")
    assert [part["invoice"] for part in paid["applied"]] == [row["number"]]
    assert json.dumps(paid)
