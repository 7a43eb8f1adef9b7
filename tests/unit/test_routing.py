"""Addresses of routes whose builders are made late are those of Werkzeug's own."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.routing import Map, Rule
from werkzeug.routing.exceptions import BuildError

from fastoffice.routing import LateRule

ROUTES: list[tuple[str, str, dict[str, Any]]] = [
    ("/", "start", {}), ("/staff/invoices/<int:number>", "invoice", {}), ("/days/<self>/<rule>", "names", {}),
    ("/list/", "list", {"page": 1}), ("/list/<int:page>", "list", {}),
]
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("start", {}), ("start", {"next": "/a b", "also": ["1", "2"]}), ("invoice", {"number": 7}),
    ("names", {"self": "Año", "rule": "x/y"}), ("list", {"page": 1}), ("list", {"page": 3, "q": "ñ"}),
]


def addresses(kind: type[Rule]) -> Any:
    rules = [kind(rule, endpoint=name, defaults=defaults or None) for rule, name, defaults in ROUTES]
    return Map(rules).bind("testserver")


@pytest.mark.parametrize(("name", "values"), ASKED)
def test_an_address_is_what_it_would_be(name: str, values: dict[str, Any]) -> None:
    late, usual = addresses(LateRule), addresses(Rule)
    for _time in range(2):
        assert late.build(name, values) == usual.build(name, values)
        assert late.build(name, values, append_unknown=False) == usual.build(name, values, append_unknown=False)


def test_what_is_missing_is_missing() -> None:
    with pytest.raises(BuildError):
        addresses(LateRule).build("invoice", {})


def test_nothing_is_made_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    usual = Rule._compile_builder

    def noted(rule: Rule, append_unknown: bool) -> Any:
        made.append(rule)
        return usual(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", noted)
    late = addresses(LateRule)
    assert made == []
    late.build("invoice", {"number": 7})
    late.build("invoice", {"number": 8})
    assert len(made) == 1
