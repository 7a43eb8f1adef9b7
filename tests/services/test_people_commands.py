"""Branches and people from the command line: clear one-line refusals, nothing half done."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_security.utils import verify_password

from fastoffice.audit.models import AuditEntry
from fastoffice.branches import queries
from fastoffice.branches.models import Branch, Franchisee, Network
from fastoffice.extensions import db
from fastoffice.identity.models import User
from fastoffice.identity.rules import normal_form
from fastoffice.notifications.models import Notice
from tests.factories.people import CLABE_POLANCO, TAX_ID

Command = Callable[..., Result]
CREATE = ["branch", "create", "PLC", "--name", "Polanco"]
PASSWORD = "una contraseña buena"


@pytest.fixture
def run(app: Flask, runner: FlaskCliRunner) -> Command:
    def command(*arguments: str, text: str | None = None) -> Result:
        result = runner.invoke(args=list(arguments), input=text)
        db.session.expire_all()
        return result

    return command


def test_a_branch_comes_with_all_it_needs_to_bill(run: Command) -> None:
    result = run(
        *CREATE, "--timezone", "America/Tijuana", "--clabe", "0121 8000 1234 5678 99", "--auto-issue", "06:30",
        "--network", "Red", "--franchisee", "Fran", "--issuer-name", "Espacios, S.A.", "--tax-id", TAX_ID, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "code": "PLC", "name": "Polanco", "timezone": "America/Tijuana", "currency": "MXN", "clabe": CLABE_POLANCO,
        "bank": "BBVA Mexico", "issuer": "Espacios, S.A.", "tax_id": TAX_ID, "auto_issue": "06:30",
    }
    branch = queries.branch_by_code("plc")
    assert queries.active_series(branch.id, "invoice").prefix == "PLC"
    assert queries.active_series(branch.id, "receipt").prefix == "R-PLC"
    assert [profile.code for profile in queries.tax_profiles(branch.id)] == [
        "iva16", "iva8", "iva0", "exento", "honorarios", "resico"]
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["branch.created"]


def test_the_same_code_again_is_refused_and_changes_nothing(run: Command) -> None:
    run(*CREATE)
    again = run(*CREATE[:3], "--name", "Otra")
    assert again.exit_code == 1
    assert again.stderr == "Error: La sucursal PLC ya existe.\n"
    assert queries.branch_by_code("PLC").name == "Polanco"


@pytest.mark.parametrize(("extra", "code", "words"), [
    (["--clabe", "012180001234567895"], 1, "--clabe: El dígito de control"),
    (["--timezone", "Mexico City"], 1, "--timezone: “Mexico City” no es una zona horaria"),
    (["--tax-id", "EEP150312H47"], 1, "--tax-id: El dígito verificador"),
    (["--country", "FR"], 1, "--country: Elija uno de MX, ES, RO."),
    (["--auto-issue", "25:00"], 2, "neither off nor an hour"),
    (["--language", "fr"], 2, "--language"),
])
def test_what_does_not_check_out_creates_nothing(run: Command, extra: list[str], code: int, words: str) -> None:
    result = run(*CREATE, *extra)
    assert result.exit_code == code
    assert words in result.stderr
    counted = [sa.select(sa.func.count()).select_from(model) for model in (Branch, Franchisee, Network)]
    assert [db.session.scalar(query) for query in counted] == [0, 0, 0]


def test_an_unknown_bank_is_only_a_warning(run: Command) -> None:
    result = run(*CREATE, "--clabe", "999180001234567899", "--json")
    assert result.exit_code == 0
    assert "bank is unknown" in result.stderr


def test_a_user_signs_in_with_the_password_that_was_piped_in(run: Command) -> None:
    run(*CREATE)
    result = run("user", "create", "Mariana@FastOffice.example", "--role", "receptionist", "--branch", "plc",
                 "--password-stdin", "--name", "Mariana", "--json", text=PASSWORD + "\n")
    assert json.loads(result.stdout)["email"] == "mariana@fastoffice.example"
    user = db.session.scalars(sa.select(User)).one()
    assert user.password is not None
    assert user.password.startswith("$argon2")
    assert PASSWORD not in user.password
    assert verify_password(normal_form(PASSWORD), user.password)


def test_an_invited_user_gets_a_link(run: Command) -> None:
    run(*CREATE)
    result = run("user", "create", "a@x.example", "--role", "manager", "--branch", "PLC", "--invite")
    assert result.exit_code == 0
    assert db.session.scalars(sa.select(Notice.kind)).all() == ["account_invitation"]


@pytest.mark.parametrize(("arguments", "text", "code", "words"), [
    (["a@x.example", "--role", "boss", "--branch", "PLC", "--password-stdin"], PASSWORD, 2, "--role"),
    (["a@x.example", "--role", "manager", "--branch", "NOPE", "--password-stdin"], PASSWORD, 1, "No existe la"),
    (["a@x.example", "--role", "manager", "--branch", "PLC", "--password-stdin"], "corta", 1, "10 caracteres o más"),
    (["a@x.example", "--role", "manager", "--branch", "PLC", "--password-stdin"], "", 1, "10 caracteres o más"),
    (["no-es-correo", "--role", "manager", "--branch", "PLC", "--password-stdin"], PASSWORD, 1, "no es un correo"),
    (["a@x.example", "--role", "manager", "--branch", "PLC"], None, 2, "--password-stdin or --invite"),
])
def test_a_user_that_does_not_check_out_is_refused(
    run: Command, arguments: list[str], text: str | None, code: int, words: str
) -> None:
    run(*CREATE)
    result = run("user", "create", *arguments, text=text)
    assert result.exit_code == code
    assert words in result.stderr
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
