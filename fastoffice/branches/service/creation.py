"""A new branch with everything it needs to bill from its first day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.branches import rules
from fastoffice.branches.models import (
    BankAccount,
    Branch,
    BranchPolicy,
    FiscalIssuer,
    Franchisee,
    Network,
    Series,
    TaxProfile,
)
from fastoffice.errors import Conflict, Refusal
from fastoffice.extensions import db

DEFAULT_NETWORK = "FastOffice"
# code, name, IVA (None is exempt), ISR withheld, IVA withheld: parts per million.
# LIVA 1 and 2 (16 %, border 8 % by decree), LISR 106 and LIVA 1-A with RLIVA 3 (two thirds), LISR 113-J.
TAX_PROFILES: tuple[tuple[str, str, int | None, int, int], ...] = (
    ("iva16", "IVA 16 %", 160_000, 0, 0),
    ("iva8", "IVA 8 % frontera", 80_000, 0, 0),
    ("iva0", "IVA 0 %", 0, 0, 0),
    ("exento", "Exento de IVA", None, 0, 0),
    ("honorarios", "Honorarios: IVA 16 % con retenciones", 160_000, 100_000, 106_667),
    ("resico", "RESICO: IVA 16 % con retención de ISR 1.25 %", 160_000, 12_500, 0),
)


@dataclass(frozen=True)
class NewBranch:
    """What is known of a branch when it is created; empty texts get defaults or stay empty."""

    code: str
    name: str
    timezone: str = "America/Mexico_City"
    clabe: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    country: str = "MX"
    currency: str = "MXN"
    language: str = "es"
    network: str = ""
    franchisee: str = ""
    issuer_name: str = ""
    tax_id: str = ""
    auto_issue_at: time | None = None
    is_demo: bool = False


def create_branch(actor: Actor, new: NewBranch) -> Branch:
    """Create the branch with issuer, policy, series, taxes and, with a CLABE, its bank account.

    Raises Conflict when the code is taken and Refusal (with its field) for what does not check out.
    """
    code = rules.check_code(new.code)
    if not new.name.strip():
        raise Refusal(_l("A branch needs a name."), field="name")
    if db.session.scalar(sa.select(Branch.id).where(Branch.code == code)) is not None:
        raise Conflict(_l("The branch %(code)s exists already.", code=code), field="code")
    franchisee = _franchisee(new)
    branch = Branch(
        franchisee=franchisee, issuer=_issuer(franchisee, new), code=code, name=new.name.strip(),
        address=new.address, phone=new.phone, email=new.email, timezone=rules.check_time_zone(new.timezone),
        country=rules.check_country(new.country), currency=new.currency, language=new.language,
        is_demo=new.is_demo, created_at=clock.now(),
    )
    db.session.add(branch)
    db.session.flush()
    db.session.add(BranchPolicy(branch_id=branch.id, auto_issue_at=new.auto_issue_at))
    _add_series(branch)
    _add_taxes(branch)
    _add_account(branch, new.clabe)
    db.session.flush()
    audit.record(actor, "branch.created", ("branch", branch.id), {"code": code, "name": branch.name},
                 branch_id=branch.id)
    return branch


def _franchisee(new: NewBranch) -> Franchisee:
    network = _network(new.network.strip())
    name = new.franchisee.strip() or new.issuer_name.strip() or new.name.strip()
    query = sa.select(Franchisee).where(Franchisee.network_id == network.id, Franchisee.name == name)
    found = db.session.scalar(query)
    if found is None:
        found = Franchisee(network=network, name=name)
        db.session.add(found)
        db.session.flush()
    return found


def _network(name: str) -> Network:
    """The named network; without a name the first one there is."""
    query = sa.select(Network).order_by(Network.id).limit(1)
    found = db.session.scalar(query.where(Network.name == name) if name else query)
    if found is None:
        found = Network(name=name or DEFAULT_NETWORK)
        db.session.add(found)
        db.session.flush()
    return found


def _issuer(franchisee: Franchisee, new: NewBranch) -> FiscalIssuer:
    """The franchisee's issuer with the same tax number, else a new one."""
    tax_id = rules.check_tax_id(new.tax_id, new.country) if new.tax_id.strip() else ""
    legal_name = new.issuer_name.strip() or franchisee.name
    same = sa.select(FiscalIssuer).where(
        FiscalIssuer.franchisee_id == franchisee.id, FiscalIssuer.tax_id == tax_id,
        FiscalIssuer.legal_name == legal_name,
    )
    found = db.session.scalar(same.limit(1))
    if found is None:
        found = FiscalIssuer(
            franchisee_id=franchisee.id, legal_name=legal_name, tax_id=tax_id, address=new.address
        )
        db.session.add(found)
        db.session.flush()
    return found


def _add_series(branch: Branch) -> None:
    """One series for invoices, named like the branch, and one for receipts ("R-" before it)."""
    prefix = branch.code if branch.code[-1].isalpha() else f"{branch.code}F"
    db.session.add(Series(branch_id=branch.id, kind="invoice", prefix=rules.check_prefix(prefix)))
    db.session.add(Series(branch_id=branch.id, kind="receipt", prefix=rules.check_prefix(f"R-{prefix}"[:12])))


def _add_taxes(branch: Branch) -> None:
    for code, name, vat, isr_withheld, vat_withheld in TAX_PROFILES:
        db.session.add(TaxProfile(
            branch_id=branch.id, code=code, name=name, vat_ppm=vat, isr_withheld_ppm=isr_withheld,
            vat_withheld_ppm=vat_withheld, is_default=code == TAX_PROFILES[0][0],
        ))


def _add_account(branch: Branch, text: str) -> None:
    if not text.strip():
        return
    number, bank = rules.check_clabe(text)
    holder = branch.issuer.legal_name
    db.session.add(BankAccount(branch_id=branch.id, clabe=number, bank_name=bank or "", holder=holder))
