"""What the database itself refuses, whoever asks: history is written once, issued documents never change.

Each guard is a trigger on both engines. `attach` hangs them on the tables, so that `create_all` makes them
too; migrations carry the same statements. A refusal reaches Python as IntegrityError with the guard's words.
SQLite loses a table's triggers when a migration rebuilds it: create them again there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

FROZEN_INVOICE = ("number", "series_id", "series_year", "sequence", "subtotal", "tax", "withheld", "total",
                  "list_total", "client_id", "period", "due_on", "closes_at", "issued_at", "snapshot_id",
                  "client_data", "replaces_id")
FROZEN_LINE = ("branch_id", "invoice_id", "position", "kind", "contract_line_id", "charge_id", "period",
               "description", "quantity_milli", "days_billed", "days_in_month", "prompt_unit", "list_unit",
               "unit", "subtotal", "tax", "withheld", "list_subtotal", "list_tax", "list_withheld",
               "tax_name", "vat_ppm", "isr_withheld_ppm", "vat_withheld_ppm")
APPEND_ONLY = ("posting", "journal_entry", "audit_entry", "receipt", "refund", "hours_entry")
NEVER_DELETED = ("payment", "credit", "allocation")
SIGNED_RULES = ("branch_id", "kind", "number", "texts", "created_at")
SIGNATURE = ("branch_id", "visit_id", "house_rules_id", "text", "signed_at", "signature_sha256")
LEGAL = ("branch_id", "visit_id", "client_id", "authority", "official_name", "official_id", "document_number",
         "subject", "notes", "document_sha256", "received_at", "received_by")
READ = ("read_at", "read_by", "read_from")
ALERT = ("branch_id", "notice_id", "channel", "address", "name", "created_at")
HANDOVER = ("branch_id", "client_id", "nominee_id", "taken_by", "is_named", "authorised_by", "proof",
            "signature_sha256", "items", "handed_at", "handed_by", "undo_until")
JSON_COLUMNS = {"client_data", "items", "texts"}  # PostgreSQL compares json only as text
ISSUED = "(SELECT status FROM invoice WHERE id = OLD.invoice_id) <> 'draft'"


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse `event` (UPDATE or DELETE) on `table`.

    With `frozen` only when one of these columns changes; with `when` only where that condition holds.
    A `when` that asks another table is `asks_elsewhere`: PostgreSQL wants it inside a function. `part` tells two
    guards of one table and event apart.
    """

    table: str
    event: str
    words: str
    when: str = ""
    frozen: tuple[str, ...] = ()
    asks_elsewhere: bool = False
    part: str = ""

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{self.event.lower()}" + (f"_{self.part}" if self.part else "")


def _guards() -> list[Guard]:
    found = [
        Guard(table, event, f"{table} is append-only")
        for table in APPEND_ONLY for event in ("UPDATE", "DELETE")
    ]
    found += [Guard(table, "DELETE", f"a {table} is reversed, never deleted") for table in NEVER_DELETED]
    found.append(Guard("house_rules", "UPDATE", "rules that were signed never change", frozen=SIGNED_RULES))
    found.append(Guard("house_rules", "DELETE", "rules that were signed are never deleted"))
    found.append(Guard("rules_signature", "UPDATE", "a signature never changes", frozen=SIGNATURE))
    found.append(Guard("legal_notice", "UPDATE", "a legal notice never changes", frozen=LEGAL))
    found.append(Guard("legal_notice", "DELETE", "a legal notice is never deleted"))
    read = "OLD.read_at IS NOT NULL"
    found.append(Guard("legal_notice", "UPDATE", "a receipt is given once", read, READ, part="read"))
    found.append(Guard("legal_alert", "UPDATE", "who was alerted never changes", frozen=ALERT))
    found.append(Guard("legal_alert", "UPDATE", "a receipt never changes", read, part="read"))
    found.append(Guard("legal_alert", "DELETE", "an alert of a legal notice is never deleted"))
    found.append(Guard("mail_handover", "UPDATE", "who took what never changes", frozen=HANDOVER))
    found.append(Guard("mail_handover", "DELETE", "a hand-over is taken back, never deleted"))
    issued = "OLD.status <> 'draft'"
    words = "an issued invoice never changes"
    found.append(Guard("invoice", "UPDATE", words, issued, FROZEN_INVOICE))
    found.append(Guard("invoice", "DELETE", words, issued))
    found.append(Guard("invoice_line", "UPDATE", words, ISSUED, FROZEN_LINE, asks_elsewhere=True))
    found.append(Guard("invoice_line", "DELETE", words, ISSUED, asks_elsewhere=True))
    return found


GUARDS: tuple[Guard, ...] = tuple(_guards())


def _changed(guard: Guard, dialect: str) -> str:
    """One of the frozen columns differs, or an issued invoice would be a draft again."""
    parts = []
    for column in guard.frozen:
        if dialect == "postgresql":
            cast = "::text" if column in JSON_COLUMNS else ""
            parts.append(f"OLD.{column}{cast} IS DISTINCT FROM NEW.{column}{cast}")
        else:
            parts.append(f"OLD.{column} IS NOT NEW.{column}")
    if guard.table == "invoice":
        parts.append("NEW.status = 'draft'")
    return "(" + " OR ".join(parts) + ")"


def _condition(guard: Guard, dialect: str) -> str:
    parts = [part for part in (guard.when, _changed(guard, dialect) if guard.frozen else "") if part]
    return " AND ".join(parts)


def create_statements(guard: Guard, dialect: str) -> list[str]:
    """The SQL that makes the guard on an engine ("sqlite" or "postgresql")."""
    condition = _condition(guard, dialect)
    if dialect == "sqlite":
        when = f" WHEN {condition}" if condition else ""
        return [f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}{when} "
                f"BEGIN SELECT RAISE(ABORT, '{guard.words}'); END"]
    check = f"IF {condition} THEN {{refuse}} END IF;" if guard.asks_elsewhere else "{refuse}"
    refuse = f"RAISE EXCEPTION '{guard.words}' USING ERRCODE = 'restrict_violation';"
    result = "OLD" if guard.event == "DELETE" else "NEW"
    when = f" WHEN ({condition})" if condition and not guard.asks_elsewhere else ""
    return [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {check.format(refuse=refuse)} RETURN {result}; END $$",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW{when} "
        f"EXECUTE FUNCTION {guard.name}()",
    ]


def drop_statements(guard: Guard, dialect: str) -> list[str]:
    """The SQL that takes the guard away."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {guard.name}"]
    return [f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
            f"DROP FUNCTION IF EXISTS {guard.name}()"]


def create(connection: Connection, guards: Iterable[Guard] = GUARDS) -> None:
    """Make the guards on the connection's engine."""
    for guard in guards:
        for statement in create_statements(guard, connection.dialect.name):
            connection.exec_driver_sql(statement)


def drop(connection: Connection, guards: Iterable[Guard] = GUARDS) -> None:
    """Take the guards away: for migrations and for the tests that show what each one is good for."""
    for guard in guards:
        for statement in drop_statements(guard, connection.dialect.name):
            connection.exec_driver_sql(statement)


def of_table(name: str) -> list[Guard]:
    """The guards of one table."""
    return [guard for guard in GUARDS if guard.table == name]


def attach(metadata: sa.MetaData) -> None:
    """Make `create_all` put the guards on the tables that it creates."""

    def guard_table(target: sa.Table, connection: Connection, **_kwargs: object) -> None:
        create(connection, of_table(target.name))

    for name in {guard.table for guard in GUARDS}:
        sa.event.listen(metadata.tables[name], "after_create", guard_table)
