"""flask demo load."""

from __future__ import annotations

from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext

from fastoffice.cli_options import json_option, print_json
from fastoffice.demo import loading

demo_group = click.Group("demo", help="A branch with a believable past.")


@demo_group.command("load")
@click.option("--contracts", default=64, show_default=True, type=click.IntRange(1, 20_000))
@click.option("--months", default=2, show_default=True, type=click.IntRange(0, 24))
@click.option("--seed", default=1, show_default=True, type=int)
@json_option
@with_appcontext
def load(contracts: int, months: int, seed: int, as_json: bool) -> None:
    """Fill an empty database with a demo branch."""
    if current_app.config["SETTINGS"].is_production:
        raise click.ClickException("the demo is not for production")
    try:
        loaded = loading.load(contracts, months, seed)
    except loading.AlreadyThere:
        raise click.ClickException("the database has a branch already: the demo is for an empty one") from None
    if as_json:
        print_json(asdict(loaded))
    else:
        click.echo(f"{loaded.contracts} contracts in branch {loaded.branch}; drafts of {loaded.drafts_of} wait.\n"
                   f"Sign in as {loaded.email} with “{loaded.password}”.\n"
                   f"{loaded.collector} collects mail with the PIN {loaded.pin}. Tablet and door panels are paired by\n"
                   f"{loaded.manager} (same password): Ajustes › Dispositivos gives a code for /kiosk/ or /panel/.")
