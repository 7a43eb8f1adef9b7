"""flask import contracts: the roster import for the command line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import branch_by_code
from fastoffice.cli_options import json_option, print_json
from fastoffice.contracts.roster import FileRefused, ParsedRoster, Problem, parse_in_child
from fastoffice.contracts.roster.guards import MAX_BYTES
from fastoffice.contracts.service.roster import (
    RosterPreview,
    RosterRefused,
    apply_roster,
    default_prices_from,
    preview_roster,
    remembered_mapping,
)
from fastoffice.contracts.service.roster.texts import message_text
from fastoffice.errors import NotFound
from fastoffice.extensions import db

ACTOR = Actor("flask import contracts")
FAILED = 1


@click.group("import")
def import_group() -> None:
    """Bring in what a branch keeps elsewhere."""


@import_group.command("contracts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--branch", "code", required=True, help="Code of the branch.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and write nothing.")
@click.option(
    "--prices-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of changed prices; the first of next month unless given.",
)
@json_option
@with_appcontext
def import_contracts(
    file: Path, code: str, dry_run: bool, prices_from: datetime | None, as_json: bool
) -> None:
    """Import the contracts list FILE (xlsx, xls, ods or csv), all of it or nothing."""
    try:
        branch = branch_by_code(code)
        parsed = parse_in_child(_read(file), file.name, remembered_mapping(branch.id), branch.currency)
    except (NotFound, FileRefused) as error:
        _refuse(file, _reason(error), as_json)
        return
    day = prices_from.date() if prices_from else default_prices_from(branch, clock.now())
    preview, applied = _run(branch.id, parsed, day, dry_run)
    _answer(file, preview, applied, as_json)
    if not dry_run and not applied:
        raise click.exceptions.Exit(FAILED)


def _read(file: Path) -> bytes:
    """One byte more than is allowed is enough to refuse the file."""
    with file.open("rb") as source:
        return source.read(MAX_BYTES + 1)


def _run(
    branch_id: int, parsed: ParsedRoster, prices_from: date, dry_run: bool
) -> tuple[RosterPreview, bool]:
    """(what is or would be done, whether it was)."""

    def unit() -> RosterPreview:
        branch = db.session.get_one(Branch, branch_id)
        return apply_roster(branch, parsed, ACTOR, clock.now(), prices_from)

    if dry_run:
        return preview_roster(db.session.get_one(Branch, branch_id), parsed, prices_from), False
    try:
        return transaction.run(unit), True
    except RosterRefused as refused:
        return refused.preview, False


def _reason(error: NotFound | FileRefused) -> str:
    return message_text(error.message) if isinstance(error, FileRefused) else str(error)


def _refuse(file: Path, reason: str, as_json: bool) -> None:
    """The answer when there is nothing to preview."""
    if as_json:
        problem = {"row": None, "column": "", "field": "", "severity": "error", "message": reason}
        counts = dict.fromkeys(("rows", "created", "changed", "unchanged", "refused", "ignored"), 0)
        print_json({"file": file.name, "sheet": "", **counts, "problems": [problem], "applied": False})
    else:
        click.echo(reason, err=True)
    raise click.exceptions.Exit(FAILED)


def _answer(file: Path, preview: RosterPreview, applied: bool, as_json: bool) -> None:
    counts = preview.counts.as_dict()
    rows = sum(counts[name] for name in ("created", "changed", "unchanged", "refused"))
    if as_json:
        problems = [_plain(problem) for problem in preview.problems]
        print_json(
            {
                "file": file.name,
                "sheet": preview.parsed.sheet,
                "rows": rows,
                **counts,
                "problems": problems,
                "applied": applied,
            }
        )
        return
    for problem in preview.problems:
        place = f"{problem.column_letter}{problem.row or ''}"
        click.echo(f"{problem.severity:7} {place:6} {message_text(problem.message)}")
    done = "applied" if applied else "nothing written"
    click.echo(", ".join(f"{name}: {count}" for name, count in counts.items()) + f" ({done})")


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column_letter,
        "field": problem.field,
        "severity": problem.severity,
        "message": message_text(problem.message),
    }
