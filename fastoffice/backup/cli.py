"""flask backup create|verify|restore FILE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from fastoffice import backup, clock
from fastoffice.cli_options import json_option, print_json
from fastoffice.processes import pulse

backup_group = click.Group("backup", help="The database and every file, in one archive.")
file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


def _do(work: Callable[[], backup.Summary], as_json: bool, done: str) -> None:
    try:
        summary = work()
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json(asdict(summary))
    else:
        click.echo(f"{done}: {summary.path}, {summary.engine}, {summary.files} files, {summary.bytes:,} bytes")


@backup_group.command("create")
@file_argument
@json_option
@with_appcontext
def create(file: Path, as_json: bool) -> None:
    """Write a new archive and check it."""

    def work() -> backup.Summary:
        summary = backup.create(file)
        backup.verify(file)
        pulse.beat("backup_verified", clock.now())
        return summary

    _do(work, as_json, "created and checked")


@backup_group.command("verify")
@file_argument
@json_option
@with_appcontext
def verify(file: Path, as_json: bool) -> None:
    """Check every hash of an archive and open the database inside."""

    def work() -> backup.Summary:
        summary = backup.verify(file)
        pulse.beat("backup_verified", clock.now())
        return summary

    _do(work, as_json, "whole")


@backup_group.command("restore")
@file_argument
@click.option("--yes", is_flag=True, help="Replace what the database holds.")
@json_option
@with_appcontext
def restore(file: Path, yes: bool, as_json: bool) -> None:
    """Put an archive's contents in place of the database's; stop FastOffice first."""
    _do(lambda: backup.restore(file, overwrite=yes), as_json, "restored")
