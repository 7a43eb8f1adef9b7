"""The flask commands. Each capability's commands live beside it; this module hangs them on the application."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

# "module:attribute" of click commands and groups
COMMANDS: list[str] = [
    "fastoffice.branches.cli:branch_group",
    "fastoffice.identity.cli:user_group",
    "fastoffice.contracts.cli:import_group",
    "fastoffice.notifications.cli:outbox",
    "fastoffice.billing.cli:billing_group",
    "fastoffice.billing.cli:ledger_group",
    "fastoffice.payments.cli:payments_group",
    "fastoffice.exports_cli:export_command",
    "fastoffice.demo.cli:demo_group",
    "fastoffice.schedule_cli:tick_command",
    "fastoffice.backup.cli:backup_group",
]


def register(app: Flask) -> None:
    """Hang every command on `flask`."""
    for entry in COMMANDS:
        module, attribute = entry.split(":")
        app.cli.add_command(getattr(import_module(module), attribute))
