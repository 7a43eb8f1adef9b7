"""flask export KIND."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from fastoffice import exports
from fastoffice.billing.cli import branch_named, month


@click.command("export")
@click.argument("kind", type=click.Choice(sorted(exports.KINDS)))
@click.option("--branch", "code", required=True, metavar="CODE", help="Code of the branch.")
@click.option("--period", callback=month, metavar="YYYY-MM", help="Only this month.")
@click.option("--format", "form", default="json", show_default=True, type=click.Choice(exports.FORMATS),
              help="Kind of file.")
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path),
              help="Write to this file; without it, to standard output.")
@with_appcontext
def export_command(kind: str, code: str, period: str | None, form: str, output: Path | None) -> None:
    """Take a branch's data out: JSON is one array, amounts are text with two decimals."""
    branch = branch_named(code)
    if output is None and form == "xlsx" and sys.stdout.isatty():
        raise click.UsageError("a workbook does not fit on a terminal: name a file with --output")
    with exports.file_of(kind, form, branch, period, mark=output is not None) as content:
        if output is None:
            shutil.copyfileobj(content, sys.stdout.buffer)
        else:
            with output.open("wb") as target:
                shutil.copyfileobj(content, target)
