"""Exports: what of a branch can be taken out, and as which file. Rows come from each capability's queries.

Amounts are text with two decimals ("8900.00") in JSON and CSV and numbers in XLSX; `export_files` writes them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from fastoffice import clock, export_files
from fastoffice.audit.exporting import audit_rows
from fastoffice.billing.queries.export import invoice_rows, ledger_rows
from fastoffice.billing.rules.periods import first_day, last_day
from fastoffice.bookings.queries.export import booking_rows, hours_rows
from fastoffice.branches.models import Branch
from fastoffice.clients.exporting import client_rows
from fastoffice.contracts.exporting import contract_rows
from fastoffice.mailroom.exporting import mail_rows
from fastoffice.notifications.exporting import notice_rows
from fastoffice.payments.queries.export import payment_rows
from fastoffice.visitors.queries import lists as visits

Row = dict[str, Any]
FORMATS = ("json", "csv", "xlsx")
MEDIA_TYPES = {
    "json": "application/json", "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of export. `columns` in order; those in `amounts` hold money, those in `counts` whole numbers.

    `permission` is what somebody needs on screen besides "export": who may not see a list may not take it either.
    """

    columns: tuple[str, ...]
    rows: Callable[[Branch, str | None], Iterator[Row]]
    amounts: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset({"id"})
    permission: str = "export"


def _days(period: str | None) -> tuple[date, date] | None:
    return (first_day(period), last_day(period)) if period else None


def _moments(branch: Branch, period: str | None) -> tuple[datetime, datetime] | None:
    """The month on the branch's clock, its end exclusive."""
    if period is None:
        return None
    return clock.start_of_day(first_day(period), branch.timezone), clock.end_of_day(last_day(period), branch.timezone)


def _visits(days: tuple[date, date] | None) -> visits.Filter:
    return visits.Filter(since=days[0], until=days[1]) if days else visits.Filter()


KINDS: dict[str, Export] = {
    "invoices": Export(
        ("number", "series", "reference", "kind", "stage", "status", "client", "tax_id", "contract", "period",
         "issued_at", "due_at", "currency", "lines", "subtotal", "tax", "withheld", "total", "paid", "balance",
         "replaces", "replaced_by", "cancelled_at", "cancel_reason"),
        invoice_rows, frozenset({"subtotal", "tax", "withheld", "total", "paid", "balance"})),
    "payments": Export(
        ("id", "receipt", "client", "tax_id", "method", "state", "cheque_state", "amount", "currency", "value_date",
         "reference", "note", "taken_by", "recorded_at", "applied", "refunded", "left", "allocations", "reversed_at",
         "reversed_reason"),
        lambda branch, period: payment_rows(branch, _days(period)),
        frozenset({"amount", "applied", "refunded", "left"})),
    "ledger": Export(
        ("entry", "kind", "subject", "day", "posted_at", "account", "client", "invoice", "currency", "amount"),
        ledger_rows, frozenset({"amount"}), frozenset({"entry", "client", "invoice"})),
    "outbox": Export(
        ("id", "kind", "occasion", "subject", "number", "old_number", "client", "language", "created_at", "state",
         "deliveries"),
        lambda branch, period: notice_rows(branch.id, branch.timezone, _moments(branch, period))),
    "audit": Export(
        ("sequence", "at", "actor", "action", "subject", "data", "hash"),
        lambda branch, period: audit_rows(branch.id, branch.timezone, _moments(branch, period)),
        counts=frozenset({"sequence"})),
    "clients": Export(
        ("id", "legal_name", "trade_name", "tax_id", "tax_regime", "cfdi_use", "postal_code", "address", "language",
         "group", "notes", "contacts", "created_at", "archived_at"),
        lambda branch, _period: client_rows(branch.id, branch.timezone)),
    "contracts": Export(
        ("code", "client", "tax_id", "office", "state", "starts_on", "ends_on", "suspended_on", "channels",
         "currency", "deposit", "meeting_minutes", "notes", "lines"),
        lambda branch, period: contract_rows(branch.id, _days(period)), frozenset({"deposit"}),
        frozenset({"meeting_minutes"})),
    "bookings": Export(
        ("id", "room", "kind", "state", "origin", "client", "tax_id", "contract", "guest", "guest_email", "guest_phone",
         "title", "people", "series", "starts_at", "ends_at", "minutes", "included_minutes", "subtotal", "tax", "owed",
         "charged", "checked_in_at", "ended_at", "end_reason", "booked_at", "booked_by"),
        lambda branch, period: booking_rows(branch, _moments(branch, period)),
        frozenset({"subtotal", "tax", "owed", "charged"}),
        frozenset({"id", "people", "series", "minutes", "included_minutes"}), permission="rooms.view"),
    "hours": Export(
        ("id", "month", "contract", "client", "kind", "minutes", "booking", "noted_at", "noted_by"),
        hours_rows, counts=frozenset({"id", "minutes", "booking"}), permission="rooms.view"),
    "visits": Export(
        visits.EXPORT_COLUMNS, lambda branch, period: visits.export_rows(branch, _visits(_days(period))),
        permission="visits.manage"),
    "mail": Export(
        ("id", "kind", "state", "client", "addressee", "sender", "phone", "carrier", "tracking", "note", "received_at",
         "received_by", "reminders", "held_until", "closed_at", "closed_by", "taken_by", "proof", "authorised_by"),
        lambda branch, period: mail_rows(branch, _moments(branch, period)), counts=frozenset({"id", "reminders"}),
        permission="mailroom.view"),
}


def rows_of(kind: str, branch: Branch, period: str | None = None) -> Iterator[Row]:
    """The rows of an export; `period` ("2026-12") limits those that have a month. KeyError for an unknown kind."""
    return KINDS[kind].rows(branch, period)


def file_of(kind: str, form: str, branch: Branch, period: str | None = None, *, mark: bool = True) -> IO[bytes]:
    """The whole export as an open file, at its beginning: json, csv (`mark`: Excel knows the encoding by it) or xlsx.

    Row by row to the disk: a long past takes no memory, and a file that cannot be finished is never begun.
    The caller closes it; then it is gone.
    """
    export, target = KINDS[kind], tempfile.TemporaryFile()  # noqa: SIM115  it is the answer
    rows = rows_of(kind, branch, period)
    if form == "json":
        export_files.write_json(target, rows)
    elif form == "csv":
        export_files.write_csv(target, rows, export.columns, numbers=export.amounts | export.counts, mark=mark)
    else:
        export_files.write_xlsx(target, rows, export.columns, amounts=export.amounts, counts=export.counts)
    target.seek(0)
    return target
