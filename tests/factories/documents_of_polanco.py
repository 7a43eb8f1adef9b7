"""One draft and one issued document of a branch, with what a page can show of them."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import cycle, holds
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at
from tests.factories.people import ACTOR

PDF = b"%PDF-1.7 a page\n%%EOF\n"


def a_draft(branch: Branch) -> Invoice:
    """A draft of a month long ago, made once."""
    query = sa.select(Invoice).where(Invoice.branch_id == branch.id, Invoice.status == "draft").limit(1)
    found = db.session.scalar(query)
    if found is None:
        make_contract(make_client(branch))
        moment = at(1)
        with clock.fixed_at(moment):
            cycle.draft_period(branch.id, "2026-12", MARIANA, moment)
        found = db.session.scalars(query).one()
    return found


def an_issued(branch: Branch) -> Invoice:
    """An issued document, made once; a draft stays beside it."""
    query = sa.select(Invoice).where(Invoice.branch_id == branch.id, Invoice.status == "issued").limit(1)
    found = db.session.scalar(query)
    if found is None:
        make_contract(make_client(branch))
        moment = at(1)
        with clock.fixed_at(moment):
            cycle.draft_period(branch.id, "2026-12", MARIANA, moment)
            cycle.issue_period(branch.id, "2026-12", MARIANA, moment)
        found = db.session.scalars(query).one()
    return found


def a_hold(invoice: Invoice) -> int:
    """A dispute on it."""
    branch_id, key = invoice.branch_id, invoice.id
    return int(transaction.run(lambda: holds.place_hold(
        db.session.get_one(Branch, branch_id), key, "dispute", "No reconoce el cargo", ACTOR, clock.now()).id))


def make_file_ready(invoice: Invoice, kind: str = "invoice", content: bytes = PDF) -> Document:
    """The document's PDF, as a worker would leave it."""
    key = invoice.id

    def unit() -> Document:
        row = db.session.scalars(sa.select(Document).where(
            Document.subject_type == "invoice", Document.subject_id == key, Document.kind == kind)).one()
        stored = files().put(content, "application/pdf")
        row.state, row.sha256, row.size, row.ready_at = "ready", stored.sha256, stored.size, clock.now()
        return row

    return transaction.run(unit)
