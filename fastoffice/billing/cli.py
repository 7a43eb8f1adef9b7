"""flask billing draft|issue|close and flask ledger verify."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from fastoffice import audit, clock, money, transaction
from fastoffice.billing.rules.periods import is_period
from fastoffice.billing.service import cycle
from fastoffice.billing.service.verifying import check_and_keep, counts
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.cli_options import at_option, json_option, print_json, resolve_at
from fastoffice.errors import Refusal

ACTOR = audit.Actor("command line")
billing_group = click.Group("billing", help="The monthly cycle, step by step.")
ledger_group = click.Group("ledger", help="The books.")


def month(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """A `--period` such as 2026-12. Raises click.BadParameter."""
    if text is not None and not is_period(text):
        raise click.BadParameter(f"“{text}” is not a month like 2026-12")
    return text


branch_option = click.option("--branch", "code", required=True, metavar="CODE", help="Code of the branch.")
period_option = click.option("--period", required=True, callback=month, metavar="YYYY-MM", help="Billing period.")


def branch_named(code: str) -> Branch:
    """The branch of `--branch`. Raises click.ClickException."""
    try:
        return branches.branch_by_code(code)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _answer(as_json: bool, answer: dict[str, Any], text: str) -> None:
    if as_json:
        print_json(answer)
    else:
        click.echo(text)


def _now(at: str | None, branch: Branch) -> datetime:
    return resolve_at(at, branch.timezone) or clock.now()


@billing_group.command("draft")
@branch_option
@period_option
@at_option
@json_option
@with_appcontext
def draft(code: str, period: str, at: str | None, as_json: bool) -> None:
    """Make the drafts of a month; those that are there stay."""
    branch = branch_named(code)
    moment = _now(at, branch)
    with clock.fixed_at(moment):
        result = cycle.draft_period(branch.id, period, ACTOR, moment)
    errors = [{"contract": key, "error": text} for key, text in result.errors]
    answer = {"branch": branch.code, "period": period, "drafted": result.drafted, "existing": result.existing,
              "nothing_to_bill": result.nothing_to_bill, "errors": errors}
    _answer(as_json, answer, f"{result.drafted} drafted, {result.existing} were there, {len(errors)} with errors")
    sys.exit(1 if errors else 0)


@billing_group.command("issue")
@branch_option
@period_option
@at_option
@json_option
@with_appcontext
def issue(code: str, period: str, at: str | None, as_json: bool) -> None:
    """Issue every draft of a month that can be issued."""
    branch = branch_named(code)
    moment = _now(at, branch)
    with clock.fixed_at(moment):
        try:
            result = cycle.issue_period(branch.id, period, ACTOR, moment)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal
    answer = {
        "branch": branch.code, "period": period, "issued": len(result.issued),
        "skipped": [{"invoice": key, "reason": reason} for key, reason in result.skipped.items()],
        "subtotal": money.plain(result.subtotal), "tax": money.plain(result.tax),
        "withheld": money.plain(result.withheld), "total": money.plain(result.total), "currency": branch.currency,
    }
    _answer(as_json, answer, f"{len(result.issued)} issued for {answer['total']}, {len(result.skipped)} skipped")


@billing_group.command("close")
@branch_option
@period_option
@at_option
@json_option
@with_appcontext
def close(code: str, period: str, at: str | None, as_json: bool) -> None:
    """Cancel and replace what is past its window and not fully paid."""
    branch = branch_named(code)
    moment = _now(at, branch)
    with clock.fixed_at(moment):
        result = cycle.close_branch(branch.id, ACTOR, moment, period)
    answer = {
        "branch": branch.code, "period": period, "cancelled": len(result.replaced), "replaced": len(result.replaced),
        "held": len(result.held), "paid_by_credit": len(result.paid_by_credit), "total": money.plain(result.total),
        "currency": branch.currency,
    }
    _answer(as_json, answer, f"{len(result.replaced)} cancelled and replaced for {answer['total']}, "
                             f"{len(result.held)} on hold")


@ledger_group.command("verify")
@click.option("--branch", "code", metavar="CODE", help="Only this branch.")
@json_option
@with_appcontext
def verify_command(code: str | None, as_json: bool) -> None:
    """Check every invariant; exit 1 and the list where one is broken."""
    found = [branch_named(code)] if code else branches.branches_by_id()
    faults: list[str] = []
    checked: dict[str, int] = {}
    for branch in found:
        faults += [f"{branch.code}: {text}" for text in transaction.run(check_and_keep, branch.id, clock.now())]
        for name, count in counts(branch.id).items():
            checked[name] = checked.get(name, 0) + count
    text = "\n".join(faults) if faults else "everything holds"
    _answer(as_json, {"ok": not faults, "faults": faults, "branches": len(found), "checked": checked}, text)
    sys.exit(1 if faults else 0)
