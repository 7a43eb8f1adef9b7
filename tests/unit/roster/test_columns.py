"""Which sheet holds the list, which row names the columns, and which column is which."""

from __future__ import annotations

import pytest

from fastoffice.contracts.roster import FileRefused, parse_roster
from fastoffice.contracts.roster.columns import find_columns
from fastoffice.contracts.roster.fields import FIELDS, LABELS, REQUIRED
from fastoffice.contracts.roster.sheets import Sheet
from fastoffice.contracts.roster.synonyms import NAMES
from fastoffice.folding import fold
from tests.unit.roster.sheets import HEADER, OTHER, ROW, csv_text, sample, workbook, xlsx

ENGLISH = (
    "Legal name",
    "Tax ID",
    "Service",
    "Office",
    "Start date",
    "End date",
    "Prompt price",
    "List price",
)


def mapping(*headers: str) -> dict[str, int]:
    columns = find_columns(Sheet("s", [list(headers)], []))
    return columns.mapping if columns else {}


def test_the_branch_s_own_list_is_understood_whole() -> None:
    parsed = parse_roster(sample(), "contratos-polanco.xlsx")
    assert parsed.sheet == "Contratos vigentes"
    assert parsed.header_row == 4
    assert set(parsed.mapping) == set(FIELDS)
    assert parsed.unknown_columns == {"A": "No."}


def test_english_names_are_understood() -> None:
    parsed = parse_roster(xlsx(ENGLISH, ROW), "a.xlsx")
    assert list(parsed.mapping) == [
        "legal_name",
        "tax_id",
        "service",
        "office",
        "starts_on",
        "ends_on",
        "prompt_price",
        "list_price",
    ]


@pytest.mark.parametrize(
    "spelling", [str.upper, str.lower, lambda text: f"  {text}: ", lambda text: text.replace(" ", "_")]
)
def test_case_accents_and_punctuation_do_not_matter(spelling: object) -> None:
    assert len(mapping(*[spelling(header) for header in HEADER])) == len(HEADER)  # type: ignore[operator]
    assert mapping("razon social", "R.F.C.", "telefono", "C.P.") == {
        "legal_name": 0,
        "tax_id": 1,
        "fiscal_postal_code": 3,
        "phone": 2,
    }


def test_every_synonym_is_folded_and_belongs_to_one_field() -> None:
    names = [name for field in NAMES.values() for name in field]
    assert all(fold(name) == name for name in names)
    assert len(set(names)) == len(names)
    assert set(NAMES) == set(FIELDS) == set(LABELS)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (("Nombre", "Razón social", "Plan"), {"legal_name": 1, "service": 2}),
        (("Cliente", "Renta", "Precio de lista"), {"legal_name": 0, "prompt_price": 1, "list_price": 2}),
        (
            ("Cliente", "Correo de contacto", "Tel. de contacto", "Contacto"),
            {"legal_name": 0, "contact_name": 3, "emails": 1, "phone": 2},
        ),
        (("Correo", "Correo para facturas", "RFC"), {"tax_id": 2, "emails": 1}),
        (
            ("RFC", "Fecha de inicio del contrato", "Fecha de vencimiento del contrato"),
            {"tax_id": 0, "starts_on": 1, "ends_on": 2},
        ),
    ],
)
def test_the_surer_name_wins_and_longer_names_are_recognised(
    headers: tuple[str, ...], expected: dict[str, int]
) -> None:
    assert mapping(*headers) == expected


def test_the_header_is_found_below_titles_and_above_data() -> None:
    rows = [
        ["FAST OFFICE"],
        [],
        ["Lista de contratos y precios de lista"],
        [],
        list(HEADER),
        list(ROW),
        list(OTHER),
    ]
    parsed = parse_roster(xlsx(*rows, merges=("A1:H1", "A3:H3")), "a.xlsx")
    assert parsed.header_row == 5
    assert [row.number for row in parsed.rows] == [6, 7]


def test_a_header_below_the_thirtieth_row_is_not_looked_for() -> None:
    with pytest.raises(FileRefused):
        parse_roster(csv_text(*[("título", "x")] * 30, HEADER, ROW).encode(), "a.csv")


def test_names_on_two_rows_are_read_together() -> None:
    upper = ("Razón social", "RFC", "Servicio", "Oficina", "Inicio", "Vencimiento", "Precio", "")
    lower = ("", "", "", "", "", "", "Pago puntual", "Lista")
    parsed = parse_roster(xlsx(upper, lower, ROW, merges=("G1:H1", "A1:A2", "B1:B2")), "a.xlsx")
    assert parsed.header_row == 2
    assert parsed.mapping["prompt_price"] == 6
    assert parsed.mapping["list_price"] == 7
    assert parsed.rows[0].list_price == 280000


def test_the_sheet_with_the_list_is_picked_wherever_it_is() -> None:
    data = workbook(
        Catálogo=[("Servicio", "Clave SAT", "Notas"), ("Coworking", "80131502", "")],
        Vigentes=[("x",), HEADER, ROW],
    )
    parsed = parse_roster(data, "a.xlsx")
    assert (parsed.sheet, parsed.header_row) == ("Vigentes", 2)
    assert not parsed.problems


def test_a_second_list_in_the_file_is_mentioned_and_can_be_asked_for() -> None:
    data = workbook(Noviembre=[HEADER, ROW], Octubre=[HEADER, OTHER])
    parsed = parse_roster(data, "a.xlsx")
    assert parsed.sheet == "Noviembre"
    assert [problem.params for problem in parsed.warnings] == [{"sheet": "Noviembre", "others": "Octubre"}]
    assert parse_roster(data, "a.xlsx", sheet="Octubre").rows[0].legal_name == OTHER[0]


def test_a_missing_column_is_named_and_nothing_is_read() -> None:
    parsed = parse_roster(csv_text(("Razón social", "RFC", "Oficina"), ROW[:3]).encode(), "a.csv")
    assert parsed.missing == ("service", "starts_on", "prompt_price")
    assert [problem.field for problem in parsed.errors] == ["service", "starts_on", "prompt_price"]
    assert parsed.rows == []
    assert parsed.examples[0] == (ROW[0],)


def test_a_list_without_list_prices_bills_one_price_and_says_so_once() -> None:
    parsed = parse_roster(csv_text(HEADER[:7], ROW[:7], OTHER[:7]).encode(), "a.csv")
    assert [row.list_price for row in parsed.rows] == [230000, 89000]
    assert [(problem.row, problem.field) for problem in parsed.problems] == [(None, "list_price")]


def test_a_person_s_correction_rules_over_our_guess() -> None:
    headers = ("Cuenta", "RFC", "Servicio", "Oficina", "Inicio", "Vencimiento", "Importe", "Pago puntual")
    parsed = parse_roster(
        csv_text(headers, ROW).encode(),
        "a.csv",
        {
            "CUENTA": "legal_name",
            "importe": "prompt_price",
            "Pago puntual": "list_price",
            "Oficina": "",
        },
    )
    assert parsed.mapping == {
        "legal_name": 0,
        "tax_id": 1,
        "service": 2,
        "starts_on": 4,
        "ends_on": 5,
        "prompt_price": 6,
        "list_price": 7,
    }
    assert parsed.unknown_columns == {"D": "Oficina"}
    assert not parsed.problems


def test_a_column_without_a_name_can_be_corrected_by_its_letter() -> None:
    parsed = parse_roster(csv_text(("", *HEADER[1:]), ROW).encode(), "a.csv", {"#A": "legal_name"})
    assert parsed.rows[0].legal_name == ROW[0]


def test_a_correction_to_a_field_that_does_not_exist_is_no_correction() -> None:
    parsed = parse_roster(csv_text(HEADER, ROW).encode(), "a.csv", {"Oficina": "password"})
    assert "office" not in parsed.mapping
    assert set(REQUIRED) <= set(parsed.mapping)
