"""flask user create."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from flask.cli import with_appcontext

from fastoffice import audit, transaction
from fastoffice.branches.queries import branch_by_code
from fastoffice.cli_options import json_option, print_json
from fastoffice.errors import Refusal
from fastoffice.identity import service
from fastoffice.identity.models import User
from fastoffice.identity.permissions import ROLES

ACTOR = audit.Actor("command line")
user_group = click.Group("user", help="People who sign in.")


@user_group.command("create")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--branch", "codes", required=True, multiple=True, metavar="CODE", help="May be given again.")
@click.option("--name", default="", help="What people call them.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--invite", is_flag=True, help="Mail a one-time link with which they set their password.")
@json_option
@with_appcontext
def create(
    email: str, role: str, codes: Sequence[str], name: str, password_stdin: bool, invite: bool, as_json: bool
) -> None:
    """Create somebody who signs in with EMAIL."""
    if password_stdin == invite:
        raise click.UsageError("give either --password-stdin or --invite")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    try:
        user = transaction.run(_create, email, role, codes, name, password)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    where = [branch.code for branch in user.branches]
    if as_json:
        print_json({"email": user.email, "role": role, "branches": where, "name": user.full_name,
                    "invited": invite})
    else:
        click.echo(f"created {user.email} · {role} · {', '.join(where)}")


def _create(email: str, role: str, codes: Sequence[str], name: str, password: str | None) -> User:
    branches = [branch_by_code(code) for code in dict.fromkeys(codes)]
    if password is None:
        return service.invite_user(ACTOR, email=email, role=role, branches=branches, name=name)
    return service.create_user(ACTOR, email=email, role=role, branches=branches, password=password, name=name)
