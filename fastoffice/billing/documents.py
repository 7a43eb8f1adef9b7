"""Fills the invoice and the cancellation from what was frozen when they were issued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from fastoffice import clock, money
from fastoffice.billing.models import Allocation, Invoice, InvoiceLine
from fastoffice.billing.rules.periods import first_day
from fastoffice.billing.service import pay_links
from fastoffice.branches.models import Branch
from fastoffice.documents import contexts, registry, storage
from fastoffice.extensions import db

LAST_MINUTE = timedelta(minutes=1)


def build_invoices(ids: list[int]) -> dict[int, registry.RenderJob]:
    """Render jobs of invoices by id."""
    invoices, branches, links = _load(ids)
    paid = _paid_at_issue(ids)
    return {invoice.id: _invoice_job(invoice, branches[invoice.branch_id], links, paid.get(invoice.id, 0))
            for invoice in invoices}


def build_cancellations(ids: list[int]) -> dict[int, registry.RenderJob]:
    """Render jobs of cancellations by the cancelled invoice's id."""
    invoices, branches, _links = _load(ids)
    heirs = {invoice.replaces_id: invoice for invoice in _heirs(ids)}
    heir_ids = [heir.id for heir in heirs.values()]
    links, paid = pay_links.urls(heir_ids), _paid_at_issue(heir_ids)
    return {invoice.id: _cancellation_job(invoice, heirs.get(invoice.id), branches[invoice.branch_id], links, paid)
            for invoice in invoices}


def _load(ids: Sequence[int]) -> tuple[list[Invoice], dict[int, Branch], dict[int, str]]:
    query = sa.select(Invoice).where(Invoice.id.in_(ids)).options(
        selectinload(Invoice.lines), selectinload(Invoice.snapshot), selectinload(Invoice.replaces))
    invoices = list(db.session.scalars(query))
    branches = {branch.id: branch for branch in db.session.scalars(
        sa.select(Branch).where(Branch.id.in_({invoice.branch_id for invoice in invoices})))}
    return invoices, branches, pay_links.urls(ids)


def _paid_at_issue(ids: Sequence[int]) -> dict[int, int]:
    """What each document had received when it was issued: moved from the one it replaces, or credit applied."""
    first = sa.or_(Allocation.moved_from_id.is_not(None), Allocation.created_at <= Invoice.issued_at)
    query = sa.select(Allocation.invoice_id, sa.func.sum(Allocation.amount)).join(
        Invoice, Invoice.id == Allocation.invoice_id).where(first, Allocation.invoice_id.in_(ids)).group_by(
        Allocation.invoice_id)
    return {invoice_id: int(amount) for invoice_id, amount in db.session.execute(query)}


def _heirs(ids: Sequence[int]) -> list[Invoice]:
    query = sa.select(Invoice).where(Invoice.replaces_id.in_(ids)).options(selectinload(Invoice.snapshot))
    return list(db.session.scalars(query))


def _language(invoice: Invoice, branch: Branch) -> str:
    return str(invoice.client_data.get("language") or branch.language)


def _lines_of(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n") if part.strip())


def issuer_of(data: dict[str, Any]) -> contexts.Issuer:
    """The sender as frozen in a snapshot's data."""
    digest = data.get("logo_sha256")
    logo = storage.storage_at(current_app.config["SETTINGS"].storage_url).get(digest) if digest else None
    return contexts.Issuer(
        name=data["issuer_name"], tax_id=data["issuer_tax_id"], brand=f"Fast Office {data['branch_name']}",
        address=_lines_of(data["issuer_address"] or data["branch_address"]), fiscal_regime=data["issuer_regime"],
        phone=data["phone"], email=data["email"], logo=logo)


def client_of(data: dict[str, Any]) -> contexts.Client:
    """The reader as frozen on a document."""
    return contexts.Client(
        name=data.get("legal_name", ""), tax_id=data.get("tax_id", ""), address=_lines_of(data.get("address", "")),
        fiscal_regime=data.get("tax_regime", ""), postal_code=data.get("postal_code", ""))


def _method_names() -> dict[str, str]:
    return {"transfer": _("SPEI transfer"), "cash": _("Cash at reception"), "pos": _("Card at reception"),
            "cheque": _("Cheque"), "other": _("Other")}


def _payment(invoice: Invoice, data: dict[str, Any], url: str) -> contexts.PaymentInstructions:
    names = _method_names()
    return contexts.PaymentInstructions(
        reference=invoice.reference or "", bank=data["bank"], clabe=data["clabe"], beneficiary=data["beneficiary"],
        means=tuple(names[method] for method in data["methods"] if method in names), pay_url=url)


def _line(line: InvoiceLine) -> contexts.Line:
    rate = _("Exempt") if line.vat_ppm is None else money.percent(line.vat_ppm)
    days = _("%(days)s of %(of)s days", days=line.days_billed, of=line.days_in_month) if line.days_billed else ""
    return contexts.Line(description=line.description, detail=days, quantity=Decimal(line.quantity_milli) / 1000,
                         unit_price=line.unit, amount=line.subtotal, tax_label=rate, tax=line.tax)


def _taxes(lines: Sequence[InvoiceLine]) -> tuple[tuple[contexts.TaxTotal, ...], tuple[contexts.TaxTotal, ...]]:
    by_rate: dict[int, int] = defaultdict(int)
    withheld: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.vat_ppm is not None:
            by_rate[line.vat_ppm] += line.tax
        if line.withheld:
            withheld[line.tax_name] += line.withheld
    taxes = tuple(contexts.TaxTotal(label=_("VAT %(rate)s", rate=money.percent(rate)), amount=amount)
                  for rate, amount in sorted(by_rate.items(), reverse=True))
    held = tuple(contexts.TaxTotal(label=_("Withheld (%(name)s)", name=name), amount=amount)
                 for name, amount in withheld.items())
    return taxes, held


def _invoice_job(invoice: Invoice, branch: Branch, links: dict[int, str], paid: int) -> registry.RenderJob:
    language = _language(invoice, branch)
    data = invoice.snapshot.data if invoice.snapshot else {}
    with force_locale(language):
        taxes, withheld = _taxes(invoice.lines)
        offer = contexts.PromptOffer(
            deadline=clock.local(invoice.closes_at, branch.timezone) - LAST_MINUTE, total=invoice.total,
            list_total=invoice.list_total) if invoice.closes_at and invoice.stage == "prompt" else None
        document = contexts.InvoiceDocument(
            issuer=issuer_of(data), client=client_of(invoice.client_data), number=invoice.number or "",
            currency=invoice.currency, issued_on=invoice.issued_on, due_on=invoice.due_on,  # type: ignore[arg-type]
            stage=invoice.stage, period=first_day(invoice.period) if invoice.kind == "recurring" else None,  # type: ignore[arg-type]
            lines=tuple(_line(line) for line in invoice.lines), subtotal=invoice.subtotal, taxes=taxes,
            withholdings=withheld, total=invoice.total, paid=paid, balance=invoice.total - paid, prompt=offer,
            payment=_payment(invoice, data, links.get(invoice.id, "")),
            replaces=(invoice.replaces.number or "") if invoice.replaces else "",
            notes=tuple(text for text in (data.get("note", ""), invoice.note) if text))
    return registry.RenderJob(document.template, document, language)


def _cancellation_job(invoice: Invoice, heir: Invoice | None, branch: Branch,
                      links: dict[int, str], paid: dict[int, int]) -> registry.RenderJob:
    language = _language(invoice, branch)
    data = invoice.snapshot.data if invoice.snapshot else {}
    with force_locale(language):
        replacement = contexts.Replacement(
            number=heir.number or "", stage=heir.stage, total=heir.total, paid=paid.get(heir.id, 0),  # type: ignore[arg-type]
            balance=heir.total - paid.get(heir.id, 0), due_on=heir.due_on) if heir else None
        document = contexts.CancellationDocument(
            issuer=issuer_of(data), client=client_of(invoice.client_data), number=invoice.number or "",
            currency=invoice.currency, issued_on=invoice.issued_on, stage=invoice.stage,  # type: ignore[arg-type]
            period=first_day(invoice.period) if invoice.kind == "recurring" else None, total=invoice.total,
            cancelled_at=clock.local(invoice.cancelled_at, branch.timezone),  # type: ignore[arg-type]
            reason=invoice.cancel_reason or "", replacement=replacement,
            payment=_payment(heir, data, links.get(heir.id, "")) if heir else None)
    return registry.RenderJob(document.template, document, language)


def register() -> None:
    """Tell the document queue and the outbox what billing knows."""
    registry.register("invoice", build_invoices)
    registry.register("cancellation", build_cancellations)
