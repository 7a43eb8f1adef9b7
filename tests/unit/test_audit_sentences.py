"""Every action that the product notes reads as a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from fastoffice.blueprints.staff import audit_subjects
from fastoffice.blueprints.staff.audit_sentences import GROUPS, SENTENCES
from fastoffice.identity.permissions import PERMISSIONS

ROOT = Path(__file__).parents[2]
NO_ACTIONS = {*PERMISSIONS, "portal.sign_in"}  # permissions and a page's name read like actions
ACTION = re.compile(r"[a-z_]+\.[a-z_]*[a-z]")
KNOWN = {action.partition(".")[0] for action in SENTENCES}


def written() -> Iterator[tuple[str, ast.AST]]:
    """The parts of the files that write to the log: (file, part)."""
    for package in ("fastoffice", "kiosk"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text("utf-8")
            if "audit" in text and "blueprints" not in path.parts:
                yield from ((path.name, part) for part in ast.walk(ast.parse(text)))


def recorded() -> Iterator[str]:
    """What reads as an action there, whether it is handed to the log at once or chosen before."""
    for _name, part in written():
        if isinstance(part, ast.Constant) and ACTION.fullmatch(str(part.value)):
            action = str(part.value)
            if action.partition(".")[0] in KNOWN and action not in NO_ACTIONS and not action.endswith(".id"):
                yield action
        elif _is_record(part) and isinstance(part.args[1], ast.Constant):
            yield str(part.args[1].value)


def subjects() -> Iterator[str]:
    """What entries are about, where it is said at once."""
    for _name, part in written():
        if _is_record(part) and isinstance(part.args[2], ast.Tuple) and isinstance(part.args[2].elts[0], ast.Constant):
            yield str(part.args[2].elts[0].value)


def _is_record(part: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(part, ast.Call) and ast.unparse(part.func) in ("audit.record", "record") and len(part.args) > 2


ACTIONS = sorted(set(recorded()))


def test_the_scan_finds_what_it_should() -> None:
    assert {"invoice.issued", "resource.created", "resource.changed", "mail.logged", "visit.let_in", "device.paired",
            "user.created"} <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_action_has_a_sentence(action: str) -> None:
    assert action in SENTENCES


@pytest.mark.parametrize("kind", sorted(set(subjects())))
def test_what_an_entry_is_about_has_a_word(kind: str) -> None:
    assert kind in audit_subjects.KINDS


@pytest.mark.parametrize("action", sorted(SENTENCES))
def test_the_action_is_found_by_one_of_the_filters(action: str) -> None:
    assert [name for name, (_label, starts) in GROUPS.items() if action.startswith(starts)]
