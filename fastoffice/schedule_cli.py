"""flask tick: all that is due, once."""

from __future__ import annotations

import sys
from datetime import datetime

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from fastoffice import clock, schedule
from fastoffice.branches.models import Branch
from fastoffice.cli_options import at_option, has_offset, json_option, print_json, resolve_at
from fastoffice.extensions import db


@click.command("tick")
@at_option
@json_option
@with_appcontext
def tick_command(at: str | None, as_json: bool) -> None:
    """Do all that is due, once; exit 1 when something failed."""
    moment = _moment(at)
    with clock.fixed_at(moment):
        result = schedule.tick(clock.now())
        schedule.note_tick(result)
    codes = {row.id: row.code for row in db.session.execute(sa.select(Branch.id, Branch.code))}
    units = [{**unit, "branch": codes.get(unit["branch_id"])} for unit in result.units]
    if as_json:
        print_json({"at": result.at, "units": units, "errors": result.errors})
    else:
        for unit in units:
            click.echo(f"{unit['name']} {unit['branch'] or ''} {'ok' if unit['ok'] else 'FAILED'}")
        for error in result.errors:
            click.echo(f"{error['name']}: {error['error']}, log reference {error['reference']}", err=True)
    sys.exit(1 if result.failed else 0)


def _moment(at: str | None) -> datetime | None:
    """`--at` in the branches' time. Raises click.UsageError where that could mean several moments."""
    if at is None:
        return None
    zones = set(db.session.scalars(sa.select(Branch.timezone).distinct()))
    if len(zones) > 1 and not has_offset(at):
        raise click.UsageError("--at: the branches live in several time zones, so name the offset (…T00:00-06:00)")
    return resolve_at(at, zones.pop() if len(zones) == 1 else "UTC")
