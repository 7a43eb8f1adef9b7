"""What a client sees of a document, by its link: the successor when it was replaced, and the way it went."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice import clock, money
from fastoffice.billing.models import Invoice
from fastoffice.billing.service.settling import successors
from fastoffice.branches.models import Branch
from fastoffice.documents import queries as documents
from fastoffice.extensions import db

LAST_MINUTE = timedelta(minutes=1)
# what a page shows of a document, in two statements
WHOLE = (joinedload(Invoice.snapshot), joinedload(Invoice.replaces), selectinload(Invoice.lines))


@dataclass(frozen=True)
class PayPage:
    """`invoice` is the living document; `opened` the one whose link was used; `chain` from first to living."""

    branch: Branch
    invoice: Invoice
    opened: Invoice
    chain: list[Invoice]
    deadline: datetime | None
    left: timedelta | None
    snapshot: dict[str, Any]
    language: str
    today: date
    promised_until: datetime | None

    @property
    def state(self) -> str:
        """The living document's state as the client sees it."""
        late = self.invoice.is_open and self.invoice.due_on is not None and self.invoice.due_on < self.today
        return "overdue" if late else self.invoice.status

    @property
    def taxes(self) -> list[tuple[str, int]]:
        """(the tax profile's name with its rate, the tax) of each profile that the lines were taxed with."""
        found: dict[tuple[str, int], int] = defaultdict(int)
        for line in self.invoice.lines:
            if line.vat_ppm is not None:
                found[line.tax_name, line.vat_ppm] += line.tax
        return [(_named(name, money.percent(ppm)), tax) for (name, ppm), tax in found.items()]

    @property
    def days_left(self) -> int:
        return self.left.days if self.left else 0

    @property
    def hours_left(self) -> int:
        return self.left.seconds // 3600 if self.left else 0


def page(opened: Invoice, now: datetime) -> PayPage:
    """Follow the replacements to the living document; the prompt price shows only while it holds."""
    living = opened if opened.live else _load(successors([opened.id])[opened.id])
    branch = db.session.get_one(Branch, living.branch_id)
    offered = living.stage == "prompt" and living.is_open and living.closes_at is not None and living.closes_at > now
    return PayPage(
        branch=branch, invoice=living, opened=opened, chain=chain(living),
        deadline=clock.local(living.closes_at, branch.timezone) - LAST_MINUTE if offered and living.closes_at else None,
        left=living.closes_at - now if offered and living.closes_at else None,
        snapshot=living.snapshot.data if living.snapshot else {},
        language=str(living.client_data.get("language") or branch.language),
        today=clock.local_date(now, branch.timezone), promised_until=living.closes_at if offered else None)


def _named(name: str, rate: str) -> str:
    return name if rate in name else f"{name} · {rate}"


def _load(invoice_id: int) -> Invoice:
    return db.session.scalars(sa.select(Invoice).where(Invoice.id == invoice_id).options(*WHOLE)).one()


def chain(living: Invoice) -> list[Invoice]:
    """From the first document to the living one."""
    found = [living]
    while found[0].replaces_id is not None:
        found.insert(0, db.session.get_one(Invoice, found[0].replaces_id))
    return found


@dataclass(frozen=True)
class File:
    """A PDF to hand over."""

    filename: str
    data: bytes


def file_of(opened: Invoice, invoice_id: int) -> File | None:
    """The PDF of a document in the same chain; None for any other, or while it is being made."""
    living_id = successors([opened.id])[opened.id]
    living = db.session.get_one(Invoice, living_id)
    if invoice_id not in {invoice.id for invoice in chain(living)}:
        return None
    document = documents.document_of(("invoice", invoice_id), "invoice")
    if document is None or document.state != "ready":
        return None
    return File(document.filename, documents.document_bytes(document))
