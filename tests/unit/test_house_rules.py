"""Rules of the house that no linter knows; each finder is shown something that it must find."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = [ROOT / "app.py", ROOT / "worker.py", *sorted((ROOT / "fastoffice").rglob("*.py"))]
TEMPLATES = sorted((ROOT / "fastoffice" / "templates").rglob("*.html"))
Finder = Callable[[ast.Module], Iterator[int]]


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@functools.cache
def calls(tree: ast.Module) -> list[tuple[ast.Call, str]]:
    """What is called, under the name it is called by; four rules ask."""
    return [(node, ast.unparse(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    """The trees of all modules are large: they go with the last rule."""
    yield
    parsed.cache_clear()
    calls.cache_clear()


def clock_readings(tree: ast.Module) -> Iterator[int]:
    for node, name in calls(tree):
        if re.search(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today)$", name):
            yield node.lineno


def commits(tree: ast.Module) -> Iterator[int]:
    for node, name in calls(tree):
        if name.endswith("session.commit"):
            yield node.lineno


def silent_handlers(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and (
            node.type is None or all(isinstance(step, ast.Pass) for step in node.body)
        ):
            yield node.lineno


def present_moments(tree: ast.Module) -> Iterator[int]:
    """`clock.now()`, the current user or the session inside rules."""
    for node, name in calls(tree):
        if name in {"clock.now", "clock.monotonic"}:
            yield node.lineno


def floats(tree: ast.Module) -> Iterator[int]:
    for node, name in calls(tree):
        if name == "float":
            yield node.lineno


RULES: list[tuple[Finder, str, str, str]] = [
    (clock_readings, r".*", r"fastoffice/clock\.py", "datetime.now(UTC)"),
    (commits, r".*", r"fastoffice/transaction\.py", "db.session.commit()"),
    (silent_handlers, r".*", r"$^", "try:\n    x()\nexcept ValueError:\n    pass"),
    (present_moments, r"fastoffice/\w+/rules(/.*|\.py)", r"$^", "clock.now()"),
    (floats, r"fastoffice/(money\.py|(billing|payments|contracts)/rules.*)", r"$^", "float('8.90')"),
]


@pytest.mark.parametrize(("find", "where", "but", "_sample"), RULES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_product_keeps_the_rule(find: Finder, where: str, but: str, _sample: str) -> None:
    broken = []
    for path in PRODUCT:
        name = path.relative_to(ROOT).as_posix()
        if re.fullmatch(where, name) and not re.fullmatch(but, name):
            broken += [f"{name}:{line}" for line in find(parsed(path))]
    assert broken == []


@pytest.mark.parametrize(("find", "_where", "_but", "sample"), RULES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_finder_would_see_it(find: Finder, _where: str, _but: str, sample: str) -> None:
    assert list(find(ast.parse(sample)))


FORBIDDEN_MARKUP = re.compile(r"\|\s*safe\b|\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.I)


def test_pages_carry_no_inline_code_and_trust_no_text() -> None:
    pages = [path for path in TEMPLATES if not {"emails", "documents"} & set(path.parts)]
    broken = [f"{path.relative_to(ROOT)}: {found.group(0).strip()}" for path in pages
              if (found := FORBIDDEN_MARKUP.search(path.read_text("utf-8")))]
    assert broken == []


@pytest.mark.parametrize("sample", ["{{ name|safe }}", '<p style="color:red">', "<button onclick=x>", "<script>x"])
def test_such_markup_would_be_seen(sample: str) -> None:
    assert FORBIDDEN_MARKUP.search(sample)
