"""flask branch create."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

import click
from flask.cli import with_appcontext

from fastoffice import audit, transaction
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import primary_account
from fastoffice.branches.rules import check_clabe
from fastoffice.branches.service import NewBranch, create_branch
from fastoffice.cli_options import json_option, print_json
from fastoffice.errors import Refusal

ACTOR = audit.Actor("command line")
branch_group = click.Group("branch", help="Branches.")


def read_hour(text: str) -> time | None:
    """"off" is None, "06:30" that hour. Raises click.BadParameter for anything else."""
    if text.strip().lower() == "off":
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if found is None:
        raise click.BadParameter(f"“{text}” is neither off nor an hour like 06:30")
    return time(int(found[1]), int(found[2]))


@branch_group.command("create")
@click.argument("code")
@click.option("--name", required=True, help="What people call it.")
@click.option("--timezone", default="America/Mexico_City", show_default=True, metavar="ZONE")
@click.option("--clabe", default="", help="Account that clients transfer to; its control digit is verified.")
@click.option("--auto-issue", default="off", show_default=True, metavar="off|HH:MM",
              callback=lambda _context, _option, text: read_hour(text), help="Issue drafts on day 1 at this hour.")
@click.option("--address", default="")
@click.option("--phone", default="")
@click.option("--email", default="")
@click.option("--country", default="MX", show_default=True)
@click.option("--currency", default="MXN", show_default=True)
@click.option("--language", default="es", show_default=True, type=click.Choice(["es", "en", "ro"]))
@click.option("--network", default="", help="Franchisor; created when there is none of this name.")
@click.option("--franchisee", default="", help="Who runs the branch; created when there is none of this name.")
@click.option("--issuer-name", default="", help="Legal name on invoices.")
@click.option("--tax-id", default="", help="RFC of the issuer; its check digit is verified.")
@json_option
@with_appcontext
def create(as_json: bool, auto_issue: time | None, **values: Any) -> None:
    """Create the branch CODE with what it needs to bill from its first day."""
    try:
        branch = transaction.run(create_branch, ACTOR, NewBranch(auto_issue_at=auto_issue, **values))
    except Refusal as refusal:
        raise click.ClickException(_one_line(refusal)) from refusal
    if values["clabe"] and check_clabe(values["clabe"])[1] is None:
        click.echo("warning: the CLABE is well formed, but its bank is unknown to us", err=True)
    if as_json:
        print_json(_as_json(branch))
    else:
        click.echo(f"created {branch.code} · {branch.name} · {branch.timezone}")


def _one_line(refusal: Refusal) -> str:
    option = f"--{refusal.field.replace('_', '-')}: " if refusal.field and refusal.field != "code" else ""
    return f"{option}{refusal}"


def _as_json(branch: Branch) -> dict[str, Any]:
    account, hour = primary_account(branch.id), branch.policy.auto_issue_at
    return {
        "code": branch.code, "name": branch.name, "timezone": branch.timezone, "currency": branch.currency,
        "clabe": account.clabe if account else None, "bank": account.bank_name if account else None,
        "issuer": branch.issuer.legal_name, "tax_id": branch.issuer.tax_id,
        "auto_issue": f"{hour:%H:%M}" if hour else "off",
    }
