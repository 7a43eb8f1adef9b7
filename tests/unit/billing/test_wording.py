"""What changed since last month, as staff read it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from fastoffice.billing.wording import change_label, change_sentences

PRICE = {"kind": "price", "line": "Oficina privada", "from": 846000, "to": 890000}
PRORATED = {"kind": "prorated", "line": "Oficina privada", "days": 12, "of": 31}
CHARGE = {"kind": "charge", "line": "Sala de juntas", "to": 81200}
DISCOUNT = {"kind": "added", "line": "Descuento", "to": -9050}


@pytest.fixture(autouse=True)
def _in_spanish(app: Flask) -> object:
    with app.test_request_context(), force_locale("es"):
        yield


def test_a_new_price_is_told_with_both_amounts() -> None:
    assert change_sentences([PRICE]) == ["Oficina privada: $8,460.00 → $8,900.00"]


def test_every_kind_of_change_has_its_sentence_and_its_label() -> None:
    kinds = ("new_contract", "price", "list_price", "line_new", "line_gone", "prorated", "charge", "adjusted",
             "added", "removed")
    changes = [{"kind": kind, "line": "Oficina", "from": 100, "to": 200, "days": 1, "of": 31} for kind in kinds]
    assert len(set(change_sentences(changes))) == len(kinds)
    assert all(change_label(change) for change in changes)


def test_a_pro_rated_month_says_how_many_days() -> None:
    assert change_sentences([PRORATED]) == ["Oficina privada: prorrateo, 12 de 31 días"]
    assert change_label(PRORATED) == "prorrateado"


def test_a_charge_shows_its_amount_without_idle_cents() -> None:
    assert change_label(CHARGE) == "+$812 Sala de juntas"
    assert change_label(DISCOUNT) == "−$90.50 Descuento"


def test_an_adjustment_that_keeps_the_price_does_not_pretend_a_new_one() -> None:
    assert change_sentences([{"kind": "adjusted", "line": "Oficina", "from": 5, "to": 5}]) == [
        "Oficina: ajuste a mano"]


def test_a_kind_of_a_newer_release_is_left_out() -> None:
    assert change_sentences([{"kind": "tomorrow"}, PRICE]) == ["Oficina privada: $8,460.00 → $8,900.00"]
    assert change_label({"kind": "tomorrow"}) == ""


def test_a_long_name_is_cut_for_the_pill_alone() -> None:
    long = {**CHARGE, "line": "Renta de sala de juntas grande del piso 4"}
    assert change_label(long) == "+$812 Renta de sala de…"
    assert "grande del piso 4" in change_sentences([long])[0]
