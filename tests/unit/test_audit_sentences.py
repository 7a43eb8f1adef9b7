"""Every action that the product notes reads as a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fastoffice.blueprints.staff.audit_sentences import GROUPS, SENTENCES

PACKAGE = Path(__file__).parents[2] / "fastoffice"
NOTERS = {"record", "note", "_note", "_apply"}
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def recorded() -> Iterator[str]:
    """The names of actions in calls that note them."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in NOTERS:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and ACTION.fullmatch(str(argument.value)):
                        yield str(argument.value)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


ACTIONS = sorted(set(recorded()))


def test_the_scan_finds_what_it_should() -> None:
    assert {"invoice.issued", "payment.recorded", "branch.changed", "user.created"} <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_action_has_a_sentence(action: str) -> None:
    assert action in SENTENCES


@pytest.mark.parametrize("action", sorted(SENTENCES))
def test_the_action_is_found_by_one_of_the_filters(action: str) -> None:
    assert [name for name, (_label, starts) in GROUPS.items() if action.startswith(starts)]
