"""Numbers, references, identifiers and the calendar of a branch."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.branches import rules
from fastoffice.branches.rules import Policy
from fastoffice.errors import Refusal
from tests.factories.people import CLABE_POLANCO, TAX_ID

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PREFIXES = st.text(LETTERS, min_size=1, max_size=10)
NUMBERS = st.integers(1, 9_999_999)


@pytest.mark.parametrize(("prefix", "digits", "year", "sequence", "number"), [
    ("PLC", 6, 0, 412, "PLC-000412"),
    ("PLC", 6, 2026, 412, "PLC-2026-000412"),
    ("R-PLC", 6, 0, 1, "R-PLC-000001"),
    ("PLC", 4, 0, 123_456, "PLC-123456"),
])
def test_a_document_number_reads_like_this(
    prefix: str, digits: int, year: int, sequence: int, number: str
) -> None:
    assert rules.format_number(prefix, digits, year, sequence) == number


def test_the_reference_is_the_number_with_two_check_digits() -> None:
    assert rules.payment_reference("PLC", 6, 0, 412) == "PLC00041273"
    assert rules.payment_reference("R-PLC", 6, 2026, 7)[:-2] == "RPLC2026000007"


@pytest.mark.parametrize("typed", ["plc 000412 73", "PLC-000412-73", " Plc.0004 1273 ", "plc–000412 73"])
def test_clients_type_references_in_their_own_way(typed: str) -> None:
    assert rules.is_reference(typed)
    assert rules.normalise_reference(typed) == "PLC00041273"


@pytest.mark.parametrize("typed", ["", "PLC-000412", "73", "000412 73", "PLC 000413 73", "PLC00041273X", "ñandú"])
def test_what_is_no_reference_of_ours(typed: str) -> None:
    assert not rules.is_reference(typed)


@given(prefix=PREFIXES, sequence=NUMBERS, data=st.data())
def test_one_wrong_character_is_always_noticed(prefix: str, sequence: int, data: st.DataObject) -> None:
    reference = rules.payment_reference(prefix, 6, 0, sequence)
    at = data.draw(st.integers(0, len(reference) - 1))
    same_kind = LETTERS if reference[at].isalpha() else "0123456789"
    other = data.draw(st.sampled_from([each for each in same_kind if each != reference[at]]))
    assert rules.is_reference(reference)
    assert not rules.is_reference(reference[:at] + other + reference[at + 1:])


@given(prefix=PREFIXES, sequence=NUMBERS, data=st.data())
def test_two_swapped_neighbours_are_always_noticed(prefix: str, sequence: int, data: st.DataObject) -> None:
    reference = rules.payment_reference(prefix, 6, 0, sequence)
    pairs = [at for at in range(len(reference) - 1) if reference[at] != reference[at + 1]]
    at = data.draw(st.sampled_from(pairs))
    swapped = reference[:at] + reference[at + 1] + reference[at] + reference[at + 2:]
    assert not rules.is_reference(swapped)


@given(first=st.tuples(PREFIXES, NUMBERS), second=st.tuples(PREFIXES, NUMBERS))
def test_two_documents_never_share_a_reference(first: tuple[str, int], second: tuple[str, int]) -> None:
    ours, theirs = (rules.payment_reference(prefix, 6, 0, number) for prefix, number in (first, second))
    assert (ours == theirs) == (first == second)


@pytest.mark.parametrize("prefix", ["PLC", "R-PLC", "A", "P2C", " plc "])
def test_prefixes_that_a_series_may_have(prefix: str) -> None:
    assert rules.check_prefix(prefix) == prefix.strip().upper()


@pytest.mark.parametrize("prefix", ["", "PLC2", "2PLC", "-PLC", "PLC-", "P--C", "ÑÑ", "P C", "A" * 13])
def test_prefixes_that_would_blur_where_the_figures_begin(prefix: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_prefix(prefix)
    assert refused.value.field == "prefix"


def test_a_clabe_with_a_right_digit_names_its_bank() -> None:
    assert rules.check_clabe("012 180 00123456789-9") == (CLABE_POLANCO, "BBVA Mexico")


def test_a_clabe_of_an_unknown_bank_is_taken_without_a_name() -> None:
    assert rules.check_clabe("999180001234567899") == ("999180001234567899", None)


@pytest.mark.parametrize("clabe", [
    "012180001234567895", "01218000123456789", "0121800012345678999", "", "01218000123456789O", "٠١٢١٨٠٠٠١٢٣٤٥٦٧٨٩٩",
])
def test_a_clabe_that_does_not_check_out_is_refused_beside_its_field(clabe: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_clabe(clabe)
    assert refused.value.field == "clabe"


def test_an_rfc_is_compared_with_its_check_digit() -> None:
    assert rules.check_tax_id(f" {TAX_ID[:3]}-{TAX_ID[3:9]} {TAX_ID[9:].lower()}") == TAX_ID


@pytest.mark.parametrize("tax_id", ["EEP150312H47", "EEP150312", "EEP151312H48", "", "hola"])
def test_an_rfc_that_does_not_check_out_is_refused(tax_id: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_tax_id(tax_id)
    assert refused.value.field == "tax_id"


def test_elsewhere_the_tax_number_is_only_tidied() -> None:
    assert rules.check_tax_id("b-1234 5678", "ES") == "B12345678"


@pytest.mark.parametrize(("name", "fine"), [
    ("America/Mexico_City", True), ("America/Tijuana", True), ("Europe/Bucharest", True),
    ("Mexico City", False), ("", False), ("../etc/passwd", False),
])
def test_time_zones_are_those_of_the_world(name: str, fine: bool) -> None:
    if fine:
        assert rules.check_time_zone(name) == name
    else:
        with pytest.raises(Refusal):
            rules.check_time_zone(name)


def policy(**changes: object) -> Policy:
    values = {"branch_id": 1, "country": "MX", "timezone": "America/Mexico_City", "currency": "MXN",
              "language": "es", **changes}
    return Policy(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("day", "holiday", "working"), [
    (date(2026, 11, 16), True, False),  # third Monday of November: Revolution Day
    (date(2026, 12, 5), False, False),  # a Saturday
    (date(2026, 12, 12), True, False),  # on the branch's own list
    (date(2026, 12, 4), False, True),
    (date(2026, 12, 25), True, False),
])
def test_the_branch_works_on_weekdays_that_nobody_celebrates(day: date, holiday: bool, working: bool) -> None:
    ours = policy(own_holidays=frozenset({date(2026, 12, 12)}))
    assert (ours.is_holiday(day), ours.is_business_day(day)) == (holiday, working)


def test_holidays_are_those_of_the_branchs_country() -> None:
    assert policy(country="RO").is_holiday(date(2026, 12, 1))
    assert not policy().is_holiday(date(2026, 12, 1))


@pytest.mark.parametrize(("values", "field"), [
    ({"prompt_days": 0}, "prompt_days"), ({"prompt_days": 29}, "prompt_days"),
    ({"minimum_days": 0}, "minimum_days"), ({"list_days": 61}, "list_days"),
    ({"auto_issue_day": 6}, "auto_issue_day"), ({"mails_per_minute": 0}, "mails_per_minute"),
    ({"reminder_days": [0]}, "reminder_days"), ({"reminder_days": [29]}, "reminder_days"),
    ({"reminder_days": [1, 2, 3, 4, 5, 6, 7]}, "reminder_days"), ({"default_channels": []}, "default_channels"),
    ({"default_channels": ["fax"]}, "default_channels"), ({"payment_methods": ["beads"]}, "payment_methods"),
])
def test_a_policy_out_of_range_names_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_policy(values)
    assert refused.value.field == field


def test_reminder_days_are_kept_in_order_and_once() -> None:
    assert rules.check_policy({"reminder_days": [5, 3, 5]})["reminder_days"] == [3, 5]
