"""Rows to contracts: what is read, what is left out and what is reported."""

from __future__ import annotations

import pickle
from datetime import date

import pytest

from fastoffice.contracts.roster import ParsedRoster, extras, parse_roster, rows
from fastoffice.contracts.roster.duplicates import SAME_CONTRACT, SAME_TAX_ID, SHARED_OFFICE
from tests.unit.roster.sheets import HEADER, OTHER, ROW, csv_text, sample, xlsx


def parsed(*data: object) -> ParsedRoster:
    return parse_roster(csv_text(HEADER, *data).encode(), "a.csv")


def changed(**cells: object) -> tuple[object, ...]:
    """ROW with single cells by header's first word, lower case."""
    keys = ("name", "rfc", "service", "office", "start", "end", "prompt", "list")
    return tuple(cells.get(key, value) for key, value in zip(keys, ROW, strict=True))


def messages(roster: ParsedRoster) -> list[tuple[int | None, str, str, str]]:
    return [(p.row, p.column_letter, p.severity, p.message_id) for p in roster.problems]


def test_the_branch_s_own_list_adds_up() -> None:
    roster = parse_roster(sample(), "contratos-polanco.xlsx")
    assert len(roster.rows) == 64
    assert sum(row.prompt_price for row in roster.rows) == 26_538_000
    assert sum(row.list_price for row in roster.rows) == 32_296_000
    assert roster.problems == []
    assert [(ignored.row, ignored.text, ignored.reason_id) for ignored in roster.ignored] == [
        (70, "TOTAL", extras.TOTAL),
        (71, "Elaboró: Recepción", extras.SIGNATURE),
    ]


def test_a_row_of_the_branch_s_list_is_read_cell_by_cell() -> None:
    row = parse_roster(sample(), "contratos-polanco.xlsx").rows[46]
    assert (row.number, row.legal_name, row.tax_id) == (51, "Alejandra López Castañeda", "LOCA990525YP2")
    assert (row.starts_on, row.ends_on) == (date(2026, 6, 29), date(2027, 6, 28))
    assert (row.prompt_price, row.list_price, row.deposit) == (89000, 119000, 89000)
    assert (row.channels, row.meeting_minutes, row.phone) == (("email",), 0, "+525511866361")
    assert row.emails == ("sofiaramirez47@alejandra.example",)


def test_what_comes_out_can_travel_between_processes() -> None:
    roster = parse_roster(sample(), "contratos-polanco.xlsx")
    assert pickle.loads(pickle.dumps(roster)) == roster


def test_a_wrong_cell_is_reported_with_row_column_and_reason_and_the_others_are_read() -> None:
    roster = parsed(changed(rfc="NUGI6110226Y9", prompt="gratis"), OTHER)
    assert [row.legal_name for row in roster.rows] == [OTHER[0]]
    assert [(p.row, p.column_letter, p.header, p.field) for p in roster.problems] == [
        (2, "B", "RFC", "tax_id"),
        (2, "G", "Pago puntual", "prompt_price"),
    ]
    assert str(roster.problems[1].message) == "“gratis” is not an amount. Write it like 8,900.00."
    assert roster.refused_rows == [2]


@pytest.mark.parametrize("cell", ["name", "service", "start", "prompt"])
def test_what_a_contract_needs_may_not_be_empty(cell: str) -> None:
    roster = parsed(changed(**{cell: ""}))
    assert [message[3] for message in messages(roster)] == [rows.MISSING]
    assert roster.rows == []


def test_what_a_contract_does_not_need_may_be_empty() -> None:
    roster = parsed(changed(rfc="-", office="", end="", list="2800"))
    assert (roster.rows[0].tax_id, roster.rows[0].office, roster.rows[0].ends_on) == ("", "", None)
    assert not roster.problems


def test_a_contract_that_ends_before_it_starts_is_refused() -> None:
    assert messages(parsed(changed(start="03/07/2027", end="02/07/2027"))) == [
        (2, "F", "error", rows.ENDS_BEFORE_START)
    ]
    assert not parsed(changed(start="03/07/2027", end="03/07/2027")).problems


def test_odd_prices_are_warnings() -> None:
    assert messages(parsed(changed(list=""))) == [(2, "H", "warning", rows.NO_LIST_PRICE)]
    assert messages(parsed(changed(list=2000))) == [(2, "H", "warning", rows.LIST_BELOW_PROMPT)]
    assert messages(parsed(changed(prompt=0))) == [(2, "G", "warning", rows.PRICE_ZERO)]
    assert len(parsed(changed(list="")).rows) == 1


def test_a_list_price_that_cannot_be_read_is_one_error_not_two() -> None:
    assert [message[2] for message in messages(parsed(changed(list="?")))] == ["error"]


def test_a_telephone_in_words_is_a_warning_and_kept() -> None:
    header = (*HEADER, "Teléfono")
    roster = parse_roster(csv_text(header, (*ROW, "con Lupita")).encode(), "a.csv")
    assert messages(roster) == [(2, "I", "warning", rows.PHONE_KEPT)]
    assert (roster.rows[0].phone, roster.rows[0].phone_written) == ("", "con Lupita")


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("TOTAL", extras.TOTAL),
        ("Totales:", extras.TOTAL),
        ("Suma", extras.TOTAL),
        ("Gran total", extras.TOTAL),
        ("Total general 64", extras.TOTAL),
        ("Sub-total", extras.TOTAL),
        ("Elaboró: Recepción", extras.SIGNATURE),
        ("Autorizó", extras.SIGNATURE),
        ("Vo. Bo.", extras.SIGNATURE),
        ("Nota: precios más IVA", extras.SIGNATURE),
        ("* Precios más IVA", extras.SIGNATURE),
        ("______________", extras.SIGNATURE),
        ("Prepared by: Ana", extras.SIGNATURE),
    ],
)
def test_totals_signatures_and_notes_are_left_out_and_shown(first: str, reason: str) -> None:
    amounts = ("3190", "3990") if reason == extras.TOTAL else ("", "")
    roster = parsed(ROW, [""] * 8, (first, "", "", "", "", "", *amounts))
    assert len(roster.rows) == 1
    assert [(ignored.row, ignored.reason_id) for ignored in roster.ignored] == [(4, reason)]
    assert not roster.problems


def test_sums_without_a_word_are_a_total() -> None:
    roster = parse_roster(xlsx(HEADER, ROW, (None,) * 6 + (2300, 2800)), "a.xlsx")
    assert [ignored.reason_id for ignored in roster.ignored] == [extras.TOTAL]


def test_clients_with_unlucky_names_are_clients() -> None:
    roster = parsed(
        changed(name="Total"),
        changed(name="Firma Legal Núñez", rfc="", office="1"),
        changed(name="Notas y Sumas, S.C.", rfc="", office="2"),
    )
    assert len(roster.rows) == 3
    assert not roster.ignored


def test_a_client_without_anything_else_is_an_error_and_not_overlooked() -> None:
    roster = parsed(ROW, ("Ana López", "", "", "", "", "", "", ""))
    assert {problem.row for problem in roster.errors} == {3}
    assert not roster.ignored


def test_the_names_of_the_columns_may_come_again_on_every_page() -> None:
    roster = parsed(ROW, HEADER, OTHER)
    assert [row.number for row in roster.rows] == [2, 4]
    assert [ignored.reason_id for ignored in roster.ignored] == [extras.REPEATED_HEADER]


def test_a_heading_over_the_whole_width_and_a_number_alone_are_left_out() -> None:
    numbered = ("No.", *HEADER)
    data = xlsx(numbered, ("", "Planta baja"), (1, *ROW), (2,), merges=("B2:H2",))
    roster = parse_roster(data, "a.xlsx")
    assert [ignored.reason_id for ignored in roster.ignored] == [extras.HEADING, extras.OUTSIDE]
    assert len(roster.rows) == 1


def test_a_client_merged_over_two_contracts_speaks_for_both_but_a_price_never_does() -> None:
    second = (None, None, "Oficina virtual", "105", *ROW[4:])
    roster = parse_roster(xlsx(HEADER, ROW, second, merges=("A2:A3", "B2:B3")), "a.xlsx")
    assert [(row.legal_name, row.tax_id, row.service) for row in roster.rows] == [
        (ROW[0], ROW[1], "Coworking"),
        (ROW[0], ROW[1], "Oficina virtual"),
    ]
    unpriced = (None, None, "Oficina virtual", "105", "03/07/2025", "", None, 2800)
    roster = parse_roster(xlsx(HEADER, ROW, unpriced, merges=("A2:A3", "G2:G3")), "a.xlsx")
    assert [problem.field for problem in roster.errors] == ["prompt_price"]


def test_the_same_contract_twice_is_refused_with_the_other_row() -> None:
    roster = parsed(ROW, changed(name="IÑIGO NUÑEZ GOMEZ", service="COWORKING ", prompt="999"))
    assert len(roster.rows) == 1
    assert [(p.row, p.message_id, p.params) for p in roster.problems] == [(3, SAME_CONTRACT, {"other": 2})]


def test_a_client_may_have_two_offices_or_two_services() -> None:
    roster = parsed(ROW, changed(office="105"), changed(service="Oficina virtual"))
    assert len(roster.rows) == 3
    assert not roster.problems


def test_clients_without_rfc_or_with_the_generic_one_are_told_apart_by_name() -> None:
    roster = parsed(
        changed(rfc="XAXX010101000", office=""),
        changed(rfc="XAXX010101000", office="", name="Otra Persona"),
        changed(rfc="", office="", name="Tercera Persona"),
        changed(rfc="", office="", name="TERCERA PERSONA"),
    )
    assert [row.number for row in roster.rows] == [2, 3, 4]
    assert [problem.message_id for problem in roster.problems] == [SAME_CONTRACT]


def test_one_rfc_under_two_names_is_a_warning() -> None:
    roster = parsed(ROW, changed(name="Íñigo N. Gómez", office="105"))
    assert messages(roster) == [(3, "B", "warning", SAME_TAX_ID)]
    assert roster.problems[0].params == {"other": 2, "known": ROW[0]}


def test_a_header_without_contracts_below_is_an_error() -> None:
    assert [problem.severity for problem in parsed().problems] == ["error"]
    assert [problem.severity for problem in parsed(("TOTAL", *[""] * 7)).problems] == ["error"]


def test_strangers_text_comes_out_as_text_without_hidden_direction_marks() -> None:
    roster = parsed(changed(name="\u202eevil\u200b <script>alert(1)</script>{{7*7}}", rfc=""))
    assert roster.rows[0].legal_name == "evil <script>alert(1)</script>{{7*7}}"


def test_an_office_that_two_clients_have_at_once_is_noted_once() -> None:
    other = changed(name="Otra Persona", rfc="")
    roster = parsed(ROW, other, changed(name="Tercera", rfc=""), changed(name="Cuarta", rfc="", office="105"))
    assert messages(roster) == [(3, "D", "warning", SHARED_OFFICE)]
    later = changed(name="Otra Persona", rfc="", start="04/07/2027", end="")
    assert not parsed(ROW, later).problems
    assert not parsed(ROW, changed(service="Oficina virtual")).problems
