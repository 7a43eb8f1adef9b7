"""What billing reads of a branch, in few statements."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastoffice.branches.models import BankAccount, Branch, BranchPolicy, FiscalIssuer, Series, TaxProfile
from fastoffice.extensions import db


def lock_for_billing(branch_id: int) -> None:
    """One drafter at a time per branch; unique constraints decide all the same."""
    query = sa.select(BranchPolicy.branch_id).where(BranchPolicy.branch_id == branch_id)
    db.session.execute(query.with_for_update())


def tax_rates(branch_id: int) -> dict[int, tuple[str, int | None, int, int]]:
    """(name, VAT, ISR withheld, VAT withheld) in parts per million, by tax profile."""
    columns = (TaxProfile.id, TaxProfile.name, TaxProfile.vat_ppm, TaxProfile.isr_withheld_ppm,
               TaxProfile.vat_withheld_ppm)
    rows = db.session.execute(sa.select(*columns).where(TaxProfile.branch_id == branch_id))
    return {row.id: (row.name, row.vat_ppm, row.isr_withheld_ppm, row.vat_withheld_ppm) for row in rows}


def active_series(branch_id: int, kind: str) -> Series | None:
    """The series that new documents of this kind take their numbers from."""
    query = sa.select(Series).where(Series.branch_id == branch_id, Series.kind == kind, Series.is_active)
    return db.session.scalar(query.order_by(Series.id.desc()).limit(1))


def document_data(branch: Branch) -> dict[str, Any]:
    """The branch's side of a document: issuer, account, address, as plain JSON."""
    account = db.session.scalar(
        sa.select(BankAccount).where(BankAccount.branch_id == branch.id)
        .order_by(BankAccount.is_primary.desc(), BankAccount.id).limit(1))
    issuer: FiscalIssuer = branch.issuer
    return {
        "branch_name": branch.name, "branch_code": branch.code, "branch_address": branch.address,
        "phone": branch.phone, "email": branch.email, "logo_sha256": branch.logo_sha256,
        "issuer_name": issuer.legal_name, "issuer_tax_id": issuer.tax_id, "issuer_regime": issuer.tax_regime,
        "issuer_postal_code": issuer.postal_code, "issuer_address": issuer.address,
        "bank": account.bank_name if account else "", "clabe": account.clabe if account else "",
        "beneficiary": (account.holder if account else "") or issuer.legal_name,
        "methods": list(branch.policy.payment_methods), "note": branch.policy.invoice_note,
    }


def branches_by_id(ids: list[int] | None = None) -> list[Branch]:
    """Branches in order of id; all of them without `ids`."""
    query = sa.select(Branch).order_by(Branch.id)
    return list(db.session.scalars(query.where(Branch.id.in_(ids)) if ids is not None else query))
