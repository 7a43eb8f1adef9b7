"""make bench: every `run(quick)` of the bench_* modules, as a table and as JSON in var/.

A figure is {"name", "value", "unit", "ratio", "goal", "ok"}: `ratio` against a floor measured in the same run,
`goal` what it is held to (a number or words), `ok` whether it is met. Exit 1 when a goal is missed.

    python -m tests.benchmarks [--quick] [WORD…]      only the modules whose name has one of the words
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path
from typing import Any

import tests.benchmarks as package
from fastoffice import clock
from tests.servers import shared_folder, stop_shared_servers

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = (("name", 58), ("value", 14), ("unit", 12), ("ratio", 8), ("goal", 10))


def modules(words: list[str]) -> list[Any]:
    """The modules that measure something."""
    names = [item.name for item in pkgutil.iter_modules(package.__path__) if item.name.startswith("bench_")]
    wanted = [name for name in names if not words or any(word in name for word in words)]
    found = [importlib.import_module(f"{package.__name__}.{name}") for name in wanted]
    return [module for module in found if hasattr(module, "run")]


def cell(value: Any, width: int) -> str:
    """One column's text: numbers with three significant digits, right-aligned."""
    if isinstance(value, bool) or value is None:
        return " " * width
    if isinstance(value, int | float):
        return f"{value:,.3g}".rjust(width) if abs(value) < 1000 else f"{value:,.0f}".rjust(width)
    return str(value)[:width].ljust(width)


def show(figure: dict[str, Any]) -> None:
    verdict = {True: "ok", False: "MISSED"}.get(figure.get("ok"), "")
    print("  ".join(cell(figure.get(name), width) for name, width in COLUMNS), verdict, flush=True)


def measure(module: Any, quick: bool) -> list[dict[str, Any]]:
    """The module's figures; one that breaks is a missed goal, and the others go on."""
    try:
        return list(module.run(quick))
    except Exception as error:  # noqa: BLE001  whatever broke, the other modules are measured
        print(f"{module.__name__} broke: {type(error).__name__}: {error}", file=sys.stderr)
        return [{"name": module.__name__.rsplit(".", 1)[1], "value": None, "unit": "broke", "ok": False}]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, for seeing that it works")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    os.environ["FASTOFFICE_TEST_FOLDER"] = str(shared_folder())
    figures: list[dict[str, Any]] = []
    try:
        print("  ".join(name.ljust(width) for name, width in COLUMNS))
        for module in modules(options.words):
            for figure in measure(module, options.quick):
                show(figure)
                figures.append(figure)
    finally:
        stop_shared_servers()
    target = ROOT / "var" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    answer = {"at": clock.now().isoformat(), "quick": options.quick, "cores": os.cpu_count(), "figures": figures}
    target.write_text(json.dumps(answer, ensure_ascii=False, indent=1, default=str))
    print(f"written to {target.relative_to(ROOT)}")
    return 1 if any(figure.get("ok") is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
