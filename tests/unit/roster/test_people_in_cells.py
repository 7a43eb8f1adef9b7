"""RFC, e-mails, telephones, postal codes, channels and names as branches keep them."""

from __future__ import annotations

import unicodedata
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.contracts.roster.messages import BadValue
from fastoffice.contracts.roster.text import column_letter, is_blank, text_of
from fastoffice.contracts.roster.values import people
from fastoffice.contracts.roster.values.people import (
    parse_cfdi_use,
    parse_emails,
    parse_phone,
    parse_postal_code,
    parse_regime,
    parse_tax_id,
)
from fastoffice.contracts.roster.values.words import UNKNOWN_CHANNEL, parse_channels, parse_note, text_up_to
from fastoffice.folding import clean_text, fold


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("NUGI6110226Y8", "NUGI6110226Y8"),
        ("MUPC-620706-EW1", "MUPC620706EW1"),
        (" eco881113p87 ", "ECO881113P87"),
        ("GODE 561231 GR8", "GODE561231GR8"),
        ("eco\u200b881113\u00a0p87", "ECO881113P87"),
        ("THR670806XW3", "THR670806XW3"),
        ("XAXX010101000", "XAXX010101000"),
        ("xexx-010101-000", "XEXX010101000"),
    ],
)
def test_an_rfc_is_read_through_blanks_and_hyphens(cell: str, number: str) -> None:
    assert parse_tax_id(cell) == number


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("NUGI6110226Y9", people.BAD_TAX_ID_DIGIT),
        ("NUGI6110226", people.BAD_TAX_ID),
        ("NUGI611322", people.BAD_TAX_ID),
        ("NUGI6113226Y8", people.BAD_TAX_ID),
        ("12345", people.BAD_TAX_ID),
        ("no tiene", people.BAD_TAX_ID),
        (123456789012.0, people.BAD_TAX_ID),
        (date(2026, 1, 1), people.BAD_TAX_ID),
        ("=ECO881113P87", people.BAD_TAX_ID),
    ],
)
def test_a_wrong_rfc_is_refused_and_says_whether_it_is_the_digit(cell: object, reason: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_tax_id(cell)
    assert refusal.value.message.msgid == reason


@pytest.mark.parametrize("digit", "0123456789A")
def test_only_one_check_digit_fits_an_rfc(digit: str) -> None:
    if digit == "7":
        assert parse_tax_id("ECO881113P87")
    else:
        with pytest.raises(BadValue):
            parse_tax_id("ECO881113P8" + digit)


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        ("a@example.com", ("a@example.com",)),
        ("JORGE@DISEXO.EXAMPLE; copia@disexo.example", ("jorge@disexo.example", "copia@disexo.example")),
        (
            "a@example.com,b@example.com c@example.com\nd@example.com",
            tuple(f"{x}@example.com" for x in "abcd"),
        ),
        ("a@example.com / A@EXAMPLE.COM", ("a@example.com",)),
        ("<mailto:a@example.com>;", ("a@example.com",)),
        ("a@example.com\u200b", ("a@example.com",)),
    ],
)
def test_a_cell_may_hold_several_addresses(cell: str, addresses: tuple[str, ...]) -> None:
    assert parse_emails(cell) == addresses


@pytest.mark.parametrize(
    "cell", ["a@", "a@b", "no tiene", "a@example.com; b@", "peña@example.com", 12.0, "a@@example.com"]
)
def test_a_wrong_address_is_named(cell: object) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_emails(cell)
    assert refusal.value.message.msgid == people.BAD_EMAIL


def test_a_cell_does_not_hold_a_mailing_list() -> None:
    with pytest.raises(BadValue) as refusal:
        parse_emails(";".join(f"a{i}@example.com" for i in range(11)))
    assert refusal.value.message.msgid == people.TOO_MANY_EMAILS


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (6600.0, "06600"),
        ("6600", "06600"),
        ("C.P. 06600", "06600"),
        ("64000", "64000"),
        (76000, "76000"),
        ("cp 01000", "01000"),
    ],
)
def test_a_postal_code_gets_its_zero_back(cell: object, code: str) -> None:
    assert parse_postal_code(cell) == code


@pytest.mark.parametrize("cell", [600.0, "123456", 6600.5, "0660", "centro", "-6600", "٠٦٦٠٠"])
def test_what_is_no_postal_code_is_refused(cell: object) -> None:
    with pytest.raises(BadValue):
        parse_postal_code(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "55 3028 4657",
        "5530284657",
        5530284657.0,
        "+52 55 3028 4657",
        "(55) 3028-4657",
        "5530284657 / 5511112222",
        "sin fijo, 55 3028 4657",
    ],
)
def test_a_telephone_can_be_dialled_from_anywhere(cell: object) -> None:
    assert parse_phone(cell).e164 == "+525530284657"


def test_a_telephone_that_cannot_be_dialled_is_kept_as_it_was_written() -> None:
    phone = parse_phone("preguntar a  Lupita")
    assert (phone.e164, phone.written) == ("", "preguntar a Lupita")


@pytest.mark.parametrize(
    ("cell", "channels"),
    [
        ("Correo electrónico", ("email",)),
        ("Correo electrónico y postal", ("email", "post")),
        ("Correo postal y electrónico", ("email", "post")),
        ("Correo postal", ("post",)),
        ("WhatsApp", ("whatsapp",)),
        ("mail", ("email",)),
        ("e-mail + postal", ("email", "post")),
        ("E-MAIL, WhatsApp", ("email", "whatsapp")),
        ("Whats / correo / impreso", ("email", "post", "whatsapp")),
        ("Ambos", ("email", "post")),
    ],
)
def test_channels_are_read_in_words(cell: str, channels: tuple[str, ...]) -> None:
    assert parse_channels(cell) == channels


@pytest.mark.parametrize("cell", ["paloma", "Correo electrónico y paloma", "/", 3.0])
def test_an_unknown_channel_is_refused_and_never_guessed(cell: object) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_channels(cell)
    assert refusal.value.message.msgid == UNKNOWN_CHANNEL


@pytest.mark.parametrize(
    ("cell", "code"), [(601.0, "601"), ("601", "601"), ("626 - RESICO", "626"), ("612 Personas", "612")]
)
def test_a_tax_regime_is_its_code(cell: object, code: str) -> None:
    assert parse_regime(cell) == code


@pytest.mark.parametrize("cell", ["999", "RESICO", 60.0, "6010"])
def test_an_unknown_regime_is_refused(cell: object) -> None:
    with pytest.raises(BadValue):
        parse_regime(cell)


@pytest.mark.parametrize(
    ("cell", "code"), [("G03", "G03"), ("g03 Gastos en general", "G03"), ("CP01", "CP01"), ("D10", "D10")]
)
def test_a_cfdi_use_is_its_code(cell: object, code: str) -> None:
    assert parse_cfdi_use(cell) == code


@pytest.mark.parametrize("cell", ["G04", "G031", "gastos", 3.0])
def test_an_unknown_cfdi_use_is_refused(cell: object) -> None:
    with pytest.raises(BadValue):
        parse_cfdi_use(cell)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  DISEÑO RAMÍREZ PEÑA, S.C.", "DISEÑO RAMÍREZ PEÑA, S.C."),
        ("Ana\u00a0 \tLópez\n", "Ana López"),
        ("A\u200bn\u200da\ufeff", "Ana"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{7*7}}", "{{7*7}}"),
        ('=HYPERLINK("http://x")', '=HYPERLINK("http://x")'),
        ("@SUM(1)", "@SUM(1)"),
        ("bell\x07null\x00", "bellnull"),
    ],
)
def test_a_name_is_cleaned_of_what_nobody_sees_and_otherwise_kept(raw: str, cleaned: str) -> None:
    assert text_up_to(200)(raw) == cleaned


@given(st.text(max_size=80))
def test_cleaning_is_stable_and_leaves_nothing_invisible(raw: str) -> None:
    cleaned = clean_text(raw)
    assert clean_text(cleaned) == cleaned
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in cleaned)
    assert cleaned == cleaned.strip()


@given(st.text(max_size=80))
def test_folding_is_stable(raw: str) -> None:
    assert fold(fold(raw)) == fold(raw)


def test_an_office_number_loses_the_decimals_of_the_spreadsheet_and_a_date_is_no_office() -> None:
    assert text_up_to(40)(102.0) == "102"
    for cell in (date(2026, 2, 1), time(1, 2)):
        with pytest.raises(BadValue):
            text_up_to(40)(cell)


def test_texts_have_a_limit() -> None:
    with pytest.raises(BadValue):
        text_up_to(40)("x" * 41)
    with pytest.raises(BadValue):
        parse_note("x" * 2001)
    assert parse_note(date(2026, 2, 1)) == "01/02/2026"


def test_a_dash_and_blanks_are_nothing() -> None:
    assert all(is_blank(cell) for cell in (None, "", "  ", "-", "—", "N/A", "\u200b"))
    assert not any(is_blank(cell) for cell in (0, 0.0, "0", False))
    assert text_of(None) == ""
    assert text_of(2.5) == "2.5"


def test_columns_have_letters() -> None:
    assert [column_letter(i) for i in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
