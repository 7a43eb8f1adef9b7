"""Thirteen months of one branch, written by the thousand: what the pages of a long-lived branch have to read."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk, transaction
from fastoffice.audit.models import AuditEntry, AuditHead
from fastoffice.billing.models import (
    Allocation,
    Credit,
    Invoice,
    InvoiceLine,
    JournalEntry,
    PayLink,
    Posting,
    Snapshot,
)
from fastoffice.branches.models import Branch, Series, TaxProfile
from fastoffice.clients.models import Client, ClientContact
from fastoffice.contracts.models import Contract, ContractLine, LinePrice
from fastoffice.demo import names
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.folding import fold
from fastoffice.notifications.models import Delivery, DeliveryAttempt, Notice
from fastoffice.payments.models import Payment, Receipt
from fastoffice.workspaces.models import Office

MONTHS = ["2025-12"] + [f"2026-{month:02}" for month in range(1, 13)]
NOW = datetime(2026, 12, 3, 16, tzinfo=UTC)
MADE = datetime(2025, 11, 1, tzinfo=UTC)
REPLACED = 0.15  # of a past month's documents
MOST_CLIENTS = 2_000
BASE = 10_000  # documents that are written one by one
TOLD_APART = {"number", "reference", "code", "tax_id", "token_hash", "message_id", "legal_name", "name_key",
              "request_key"}
ORDER = (Client, ClientContact, Office, Contract, ContractLine, LinePrice, Invoice, InvoiceLine, PayLink, Credit,
         Allocation, Payment, Receipt, JournalEntry, Posting, Document, Notice, Delivery, DeliveryAttempt, AuditEntry)


@dataclass
class Writer:
    """Rows by table with ids of their own, on their way into the database."""

    branch_id: int
    series: dict[str, int]
    snapshot_id: int
    tax_id: int
    code: str
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    last: dict[Any, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, model: Any, **values: Any) -> int:
        self.last[model] += 1
        self.rows[model].append({"id": self.last[model], "branch_id": self.branch_id, **values})
        return self.last[model]

    def flush(self) -> None:
        for model in ORDER:
            bulk.insert(model, self.rows.pop(model, []))


def fill(branch: Branch, invoices: int) -> None:
    """About `invoices` documents of 13 months up to NOW, with all that belongs to them. One unit of work.

    Beyond 10,000 the database itself copies the rows, each copy with contracts and clients of its own.
    """
    branch_id, code = branch.id, branch.code
    copies = max(1, round(invoices / BASE))

    def unit() -> None:
        writer = _writer(branch_id, code)
        start = dict(writer.last)
        count = max(1, round(invoices / copies / ((len(MONTHS) - 1) * (1 + REPLACED) + 1)))
        contracts = _contracts(writer, count, MOST_CLIENTS // copies)
        writer.flush()
        for period in MONTHS:
            for contract in contracts:
                _month(writer, contract, period)
            writer.flush()
        _copy(start, writer.last, copies)
        db.session.execute(sa.update(AuditHead).where(AuditHead.branch_id == branch_id).values(
            sequence=copies * writer.last[AuditEntry]))
        _set_sequences(writer, copies)

    transaction.run(unit)


def _copy(start: dict[Any, int], last: dict[Any, int], copies: int) -> None:
    sizes = {bulk.table_of(model): last[model] - start[model] for model in ORDER}
    for number in range(1, copies):
        for model in ORDER:
            table = bulk.table_of(model)
            values = {column.name: _shifted(column, number, sizes) for column in table.columns}
            rows = sa.select(*(value.label(name) for name, value in values.items())).where(
                table.c.id > start[model], table.c.id <= last[model])
            db.session.execute(sa.insert(table).from_select(list(values), rows))


def _shifted(column: Any, number: int, sizes: dict[Any, int]) -> Any:
    """The column's value in copy `number`: keys move by the rows that a copy has, names are told apart."""
    table = column.table
    targets = [key.column.table for key in column.foreign_keys if key.column.table in sizes]
    if column.name in ("id", "sequence"):
        targets = [table]
    elif column.name == "party_id":
        targets = [bulk.table_of(Client)]
    if targets:
        return column + number * sizes[targets[0]]
    if column.name == "subject_id":
        of_payments = table.c.subject_type == "payment"
        return column + number * sa.case((of_payments, sizes[bulk.table_of(Payment)]), else_=sizes[bulk.table_of(Invoice)])
    if column.name == "source":
        return sa.literal("payment:") + sa.cast(table.c.id + number * sizes[table], sa.String)
    if column.name in TOLD_APART and not isinstance(column.type, sa.Integer):
        return column + f"-{number}"
    return column


def _writer(branch_id: int, code: str) -> Writer:
    series = {row.kind: row.id for row in db.session.scalars(sa.select(Series).where(Series.branch_id == branch_id))}
    snapshot = Snapshot(branch_id=branch_id, sha256="0" * 64, data={})
    db.session.add(snapshot)
    db.session.flush()
    tax = db.session.scalars(sa.select(TaxProfile.id).where(TaxProfile.branch_id == branch_id, TaxProfile.is_default)).first()
    writer = Writer(branch_id, series, snapshot.id, int(tax or 0), code)
    for model in ORDER:
        writer.last[model] = int(db.session.scalar(sa.select(sa.func.max(model.id))) or 0)
    return writer


def _set_sequences(writer: Writer, copies: int) -> None:
    if db.session.get_bind().dialect.name == "postgresql":
        for model, value in writer.last.items():
            sequence = sa.func.pg_get_serial_sequence(model.__tablename__, "id")
            db.session.execute(sa.select(sa.func.setval(sequence, value * copies)))


def _contracts(writer: Writer, count: int, most_clients: int) -> list[dict[str, Any]]:
    """`count` contracts of up to so many clients: what a month needs to know of each."""
    clients = [_client(writer, number) for number in range(min(count, most_clients))]
    found = []
    for number in range(count):
        client, made_up = clients[number % len(clients)]
        office = writer.add(Office, code=str(101 + number), name="", capacity=2, is_active=True)
        contract = writer.add(
            Contract, client_id=client, office_id=office, code=f"C-{number + 1:05}", state="active",
            starts_on=date(2025, 6, 1), channels=list(made_up.channels), currency="MXN", deposit=made_up.prompt_price,
            meeting_minutes=0, notes="", created_at=MADE, version=1)
        line = writer.add(ContractLine, contract_id=contract, position=1, description=made_up.service,
                          tax_profile_id=writer.tax_id, prorate=True)
        writer.add(LinePrice, contract_line_id=line, valid_from=date(2025, 6, 1), prompt_price=made_up.prompt_price,
                   list_price=made_up.list_price)
        found.append({"id": contract, "line": line, "client": client, "name": made_up.legal_name, "of": made_up})
    return found


def _client(writer: Writer, number: int) -> tuple[int, names.Invented]:
    made_up = names.invent(writer.chance, number)
    words = fold(f"{made_up.legal_name} {made_up.tax_id} {made_up.contact} {made_up.email}")
    client = writer.add(
        Client, legal_name=made_up.legal_name, name_key=fold(made_up.legal_name), trade_name="",
        tax_id=made_up.tax_id, tax_regime="601", cfdi_use="G03", fiscal_postal_code=made_up.postal_code,
        address="Calle Demostración 123", language="es", client_group="", notes="", search_text=words,
        created_at=MADE, version=1)
    writer.add(ClientContact, client_id=client, name=made_up.contact, email=made_up.email, phone=made_up.phone,
               for_billing=True)
    return client, made_up


def _fate(writer: Writer, period: str) -> str:
    """What became of a month's document."""
    dice = writer.chance.random()
    if period == MONTHS[-1]:
        return "paid" if dice < 0.4 else "partly_paid" if dice < 0.45 else "issued" if dice < 0.9 else "draft"
    if dice < REPLACED:
        return "owed" if dice < 0.01 else "paid at list"
    return "written_off" if dice > 0.998 else "paid"


def _month(writer: Writer, contract: dict[str, Any], period: str) -> None:
    fate = _fate(writer, period)
    if fate in ("paid at list", "owed"):
        first = _invoice(writer, contract, period, "prompt", "cancelled")
        _invoice(writer, contract, period, "list", "paid" if fate == "paid at list" else "issued", replaces=first)
    else:
        _invoice(writer, contract, period, "prompt", fate)


def _invoice(writer: Writer, contract: dict[str, Any], period: str, stage: str, status: str,
             replaces: int | None = None) -> int:
    made_up, first = contract["of"], date.fromisoformat(f"{period}-01")
    issued_at = datetime(first.year, first.month, 6 if replaces else 1, 15, tzinfo=UTC)
    prompt, listed = made_up.prompt_price * 116 // 100, made_up.list_price * 116 // 100
    total = listed if stage == "list" else prompt
    paid = {"paid": total, "partly_paid": total // 2}.get(status, 0)
    key = writer.last[Invoice] + 1
    number = None if status == "draft" else f"{writer.code}-{key:06}"
    due = first + timedelta(days=10 if replaces else 4)
    writer.add(
        Invoice, client_id=contract["client"], contract_id=contract["id"], kind="recurring", stage=stage,
        status=status, live=status != "cancelled", period=period, currency="MXN", channels=list(made_up.channels),
        concept=made_up.service, note="", subtotal=total - total * 16 // 116, tax=total * 16 // 116, withheld=0,
        total=total, list_total=listed, paid=paid, written_off=total if status == "written_off" else 0, basis="",
        changes=[] if key % 9 else [{"kind": "new"}], error="", series_id=number and writer.series["invoice"],
        series_year=number and 0, sequence=number and key, number=number, reference=number and f"{writer.code}{key:06}7",
        snapshot_id=number and writer.snapshot_id, client_data={"legal_name": contract["name"]},
        issued_at=number and issued_at, issued_on=number and issued_at.date(), due_on=number and due,
        closes_at=datetime(first.year, first.month, 6, 6, tzinfo=UTC) if number and stage == "prompt" else None,
        paid_at=issued_at + timedelta(days=2) if status == "paid" else None, replaces_id=replaces,
        cancelled_at=issued_at + timedelta(days=5) if status == "cancelled" else None, created_at=issued_at, version=1)
    _line(writer, key, contract, period, stage, status)
    if number:
        _books(writer, key, contract, "invoice_issued", total, issued_at)
        _messages(writer, key, contract, number, issued_at, due)
        writer.add(PayLink, invoice_id=key, nonce="n", token_hash=f"{key:032}", created_at=issued_at,
                   expires_at=issued_at + timedelta(days=400))
    if paid:
        _payment(writer, key, contract, paid, issued_at + timedelta(days=2))
    return key


def _line(writer: Writer, key: int, contract: dict[str, Any], period: str, stage: str, status: str) -> None:
    made_up = contract["of"]
    unit = made_up.list_price if stage == "list" else made_up.prompt_price
    writer.add(
        InvoiceLine, invoice_id=key, position=1, kind="recurring", contract_line_id=contract["line"], period=period,
        live=status != "cancelled", description=made_up.service, quantity_milli=1000, prompt_unit=made_up.prompt_price,
        list_unit=made_up.list_price, unit=unit, subtotal=unit, tax=unit * 16 // 100, withheld=0,
        list_subtotal=made_up.list_price, list_tax=made_up.list_price * 16 // 100, list_withheld=0,
        tax_name="IVA 16 %", vat_ppm=160_000, isr_withheld_ppm=0, vat_withheld_ppm=0)


def _books(writer: Writer, key: int, contract: dict[str, Any], kind: str, amount: int, at: datetime) -> None:
    subject = "invoice" if kind == "invoice_issued" else "payment"
    entry = writer.add(JournalEntry, kind=kind, subject_type=subject, subject_id=key, day=at.date(), posted_at=at)
    for account, signed in (("receivable", amount), ("revenue", -amount)):
        writer.add(Posting, entry_id=entry, account=account, client_id=contract["client"], currency="MXN",
                   invoice_id=key if subject == "invoice" else None, amount=signed)
    sequence = writer.last[AuditEntry] + 1
    writer.add(AuditEntry, sequence=sequence, at=at, actor="Mariana Ruiz",
               action="invoice.issued" if subject == "invoice" else "payment.recorded", subject_type=subject,
               subject_id=key, data={"number": f"{writer.code}-{key:06}", "total": amount, "due_on": str(at.date())},
               previous_hash="0" * 64, hash=f"{sequence:064}")


def _messages(writer: Writer, key: int, contract: dict[str, Any], number: str, at: datetime, due: date) -> None:
    writer.add(Document, subject_type="invoice", subject_id=key, kind="invoice", state="ready",
               filename=f"{number}.pdf", media_type="application/pdf", sha256=f"{key:064}", size=40_000, attempts=1,
               error="", created_at=at, ready_at=at, next_attempt_at=at, fence=1)
    notice = writer.add(
        Notice, kind="invoice_issued", subject_type="invoice", subject_id=key, occasion="",
        party_id=contract["client"], party_name=contract["name"], language="es",
        context={"invoice_number": number, "due_on": str(due), "client": contract["name"]},
        documents=[["invoice", key, "invoice"]], search_text=fold(f"{contract['name']} {number}"), created_at=at)
    for channel in contract["of"].channels:
        state = "failed" if key % 997 == 0 else "queued" if channel != "email" and key % 50 == 0 else "sent"
        delivery = writer.add(
            Delivery, notice_id=notice, channel=channel, state=state, recipients=[contract["of"].email], accepted=[],
            refused={}, message_id=f"<{key}-{channel}@bench>", attempts=1, first_attempt_at=at, next_attempt_at=at,
            fence=1, error="refused: 550 no such user" if state == "failed" else "",
            sent_at=at if state == "sent" else None)
        writer.add(DeliveryAttempt, delivery_id=delivery, number=1, at=at, outcome=state, detail="")


def _payment(writer: Writer, key: int, contract: dict[str, Any], amount: int, at: datetime) -> None:
    payment = writer.last[Payment] + 1
    credit = writer.add(
        Credit, client_id=contract["client"], source=f"payment:{payment}", account="bank", currency="MXN",
        value_date=at.date(), amount=amount + (5_000 if payment % 200 == 0 else 0), applied=amount, refunded=0,
        created_at=at, reversed_amount=0)
    writer.add(Allocation, credit_id=credit, invoice_id=key, amount=amount, value_date=at.date(), created_at=at,
               created_by="Mariana Ruiz")
    method = writer.chance.choices(("transfer", "cash", "pos"), (80, 12, 8))[0]
    writer.add(Payment, client_id=contract["client"], credit_id=credit, method=method, state="received",
               amount=amount, currency="MXN", value_date=at.date(), reference=f"SPEI {payment}", note="",
               taken_by="Mariana Ruiz", recorded_at=at, request_key=f"bench-{payment}", wishes=None, version=1)
    writer.add(Receipt, payment_id=payment, series_id=writer.series["receipt"], series_year=0, sequence=payment,
               number=f"R-{writer.code}-{payment:06}", issued_at=at, issued_on=at.date(), issued_by="Mariana Ruiz",
               snapshot_id=writer.snapshot_id, data={})
    _books(writer, payment, contract, "payment_received", amount, at)
