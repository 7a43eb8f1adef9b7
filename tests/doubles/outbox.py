"""What outbox tests share: an application that talks to a scripted peer, and notices to send through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, transaction
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications import registry
from fastoffice.notifications.models import Delivery
from fastoffice.notifications.sending import Tally, send_due
from fastoffice.notifications.service import NoticeSpec, owe_notices

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
BRANCH = 1
PARTY = 7
PDF = b"%PDF-1.7 a page\n%%EOF\n"
CONTEXT = {
    "client_name": "Logística Güemes López, S.C.", "contact_name": "Laura Güemes", "invoice_number": "PLC-000412",
    "period": "diciembre 2026", "total": "$10,324.00", "balance": "$10,324.00", "list_total": "$12,354.00",
    "due_date": "5 de diciembre de 2026", "due_time": "23:59", "pay_link": "https://fastoffice.example/pay/abc",
    "clabe": "0121 8000 1234 5678 95", "bank": "BBVA México", "reference": "4100 0412 7",
    "beneficiary": "Oficinas Polanco", "branch_name": "Fast Office Polanco", "branch_phone": "55 5280 0000",
}


@contextmanager
def mail_server(app: Flask, url: str | None) -> Iterator[None]:
    """The application with another SMTP_URL (None: mails become files)."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, smtp_url=url, mail_from="FastOffice <facturas@fastoffice.example>")
    try:
        yield
    finally:
        app.config["SETTINGS"] = before


@contextmanager
def kind_with(kind: str = "invoice_issued", **callbacks: Any) -> Iterator[None]:
    """The kind with these callbacks only, as if no capability had registered others."""
    before = dict(registry._kinds)
    registry._kinds.clear()
    registry.register(kind, **callbacks)
    try:
        yield
    finally:
        registry._kinds.clear()
        registry._kinds.update(before)


def spec(number: int = 1, **changes: Any) -> NoticeSpec:
    """A notice about invoice `number` to Laura, by mail."""
    values: dict[str, Any] = {
        "branch_id": BRANCH, "kind": "invoice_issued", "subject": ("invoice", number), "party_id": PARTY,
        "party_name": "Logística Güemes López, S.C.", "context": CONTEXT, "emails": ["laura@guemes.mx"],
    }
    return NoticeSpec(**{**values, **changes})


def owe(*specs: NoticeSpec, at: datetime = NOW) -> list[Delivery]:
    """Owe notices as a unit of work does; the deliveries that exist for them."""
    with clock.fixed_at(at):
        transaction.run(owe_notices, list(specs))
    return deliveries()


def owe_many(count: int, at: datetime = NOW, **changes: Any) -> list[Delivery]:
    """`count` notices, each to an address of its own."""
    return owe(*(spec(n, emails=[f"client{n}@example.mx"], **changes) for n in range(1, count + 1)), at=at)


def deliveries() -> list[Delivery]:
    """Every delivery as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def delivery() -> Delivery:
    """The only delivery there is."""
    (only,) = deliveries()
    return only


def ready_document(number: int, kind: str = "invoice", data: bytes = PDF, state: str = "ready") -> tuple[str, int, str]:
    """A document of invoice `number` in a state; its key."""
    sha256 = files().put(data, "application/pdf").sha256 if state == "ready" else None

    def insert() -> None:
        db.session.add(Document(
            branch_id=BRANCH, subject_type="invoice", subject_id=number, kind=kind, state=state,
            filename=f"PLC-{number:06d}.pdf", sha256=sha256, size=len(data), created_at=NOW, next_attempt_at=NOW,
            error="" if state != "failed" else "RenderTimeout: 30 s"))

    transaction.run(insert)
    return ("invoice", number, kind)


def send(at: datetime = NOW, **options: Any) -> Tally:
    """One run of the sender."""
    return send_due(at, **options)


def later(**delta: float) -> datetime:
    return NOW + timedelta(**delta)


def addresses(received: Sequence[Any]) -> list[str]:
    return sorted(address for message in received for address in message.recipients)
