"""How names compare and what a search sees, whatever people type."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.clients.checks import ClientData, ContactData, check_client
from fastoffice.clients.rules import name_key, places_of, search_text, search_words, with_places

NAMES = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=60)


@pytest.mark.parametrize(("typed", "found"), [
    ("jose nunez", "José Núñez, S.A. de C.V."),
    ("NUÑEZ", "José Núñez, S.A. de C.V."),
    ("guemes", "Logística Güemes López, S.C."),
    ("sc", "Logistica Guemes SC"),
    ("cafe ñandu", "CAFÉ ÑANDÚ"),
    ("o'brien", "Patrick O’Brien y Asoc."),
])
def test_accents_case_and_ene_make_no_difference_when_searching(typed: str, found: str) -> None:
    text = search_text([found])
    assert all(word in text for word in search_words(typed))


@given(NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert search_text([search_text([name])]) == search_text([name])


@given(NAMES)
def test_a_name_is_found_by_itself_in_capitals_decomposed_and_plain(name: str) -> None:
    text = search_text([name])
    for typed in (name, name.swapcase().casefold(), unicodedata.normalize("NFD", name)):
        assert set(search_words(typed)) <= set(text.split())


@given(NAMES)
def test_two_spellings_of_a_name_have_one_key(name: str) -> None:
    assert name_key(f"  {name} ") == name_key(unicodedata.normalize("NFD", name))


@given(NAMES, st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4))
def test_offices_come_and_go_while_the_clients_own_words_stay(
    name: str, before: list[str], after: list[str]
) -> None:
    text = search_text([name], before)
    assert with_places(text, after) == search_text([name], after)
    assert with_places(text, [places_of(text)]) == text


def test_a_client_is_cleaned_of_what_cannot_be_seen() -> None:
    data, errors = check_client(ClientData("\u202eAcme\u200b  Corp\n", notes="uno \u200b\n\ndos"))
    assert errors == {}
    assert (data.legal_name, data.notes) == ("Acme Corp", "uno\n\ndos")


def test_everything_that_is_wrong_is_said_at_once_beside_its_field() -> None:
    contacts = (ContactData("Ana", "ana@cliente.example"), ContactData("Luis", "luis@", "12"))
    data = ClientData(" ", tax_id="LGL850313D99", tax_regime="999", fiscal_postal_code="123", contacts=contacts)
    _data, errors = check_client(data)
    assert set(errors) == {"legal_name", "tax_id", "tax_regime", "fiscal_postal_code", "email-1", "phone-1"}


def test_an_rfc_with_blanks_and_hyphens_is_the_same_rfc() -> None:
    data, errors = check_client(ClientData("Espacios", tax_id=" eep-150312 h48"))
    assert (errors, data.tax_id) == ({}, "EEP150312H48")


def test_the_generic_rfc_identifies_nobody() -> None:
    data, errors = check_client(ClientData("Mostrador", tax_id="XAXX010101000"))
    assert (errors, data.tax_id) == ({}, "")


def test_telephones_are_kept_so_that_they_can_be_dialled_and_old_ones_as_they_were() -> None:
    contacts = (ContactData("Ana", phone="55 5280 0000"), ContactData("Luis", phone="ext. 12 con Lupita"))
    data, errors = check_client(ClientData("Acme", contacts=contacts), known_phones=["ext. 12 con Lupita"])
    assert errors == {}
    assert [contact.phone for contact in data.contacts] == ["+525552800000", "ext. 12 con Lupita"]


def test_empty_rows_of_contacts_are_left_out() -> None:
    data, _errors = check_client(ClientData("Acme", contacts=(ContactData(), ContactData("Ana"))))
    assert [contact.name for contact in data.contacts] == ["Ana"]
