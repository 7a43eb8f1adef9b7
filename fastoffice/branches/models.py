"""Network, franchisee, branch and what a branch bills with: issuer, series, bank account, policy, taxes."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model


class Network(Model):
    """The franchisor."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)


class Franchisee(Model):
    """Whoever runs one or more branches."""

    __tablename__ = "franchisee"
    __table_args__ = (UniqueConstraint("network_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    name: Mapped[str] = mapped_column(String(120))
    network: Mapped[Network] = relationship()


class FiscalIssuer(Model):
    """The legal person whose name stands on the invoice."""

    __tablename__ = "fiscal_issuer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    franchisee_id: Mapped[int] = mapped_column(ForeignKey("franchisee.id"))
    legal_name: Mapped[str] = mapped_column(String(200))
    tax_id: Mapped[str] = mapped_column(String(20), default="")
    tax_regime: Mapped[str] = mapped_column(String(10), default="601")
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    address: Mapped[str] = mapped_column(String(300), default="")


class Branch(Model):
    """A place with offices, contracts, a desk and its own clock."""

    __tablename__ = "branch"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    franchisee_id: Mapped[int] = mapped_column(ForeignKey("franchisee.id"), index=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("fiscal_issuer.id"))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    timezone: Mapped[str] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(String(2), default="MX")
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    language: Mapped[str] = mapped_column(String(5), default="es")
    logo_sha256: Mapped[str | None] = mapped_column(String(64))
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    franchisee: Mapped[Franchisee] = relationship()
    issuer: Mapped[FiscalIssuer] = relationship()
    policy: Mapped[BranchPolicy] = relationship(back_populates="branch", uselist=False)

    @property
    def network_id(self) -> int:
        return self.franchisee.network_id

    __mapper_args__ = {"version_id_col": version}


class BranchPolicy(Model):
    """The branch's numbers for the monthly cycle (product rules, "The monthly cycle", 2 to 4)."""

    __tablename__ = "branch_policy"
    __table_args__ = (
        CheckConstraint("prompt_days BETWEEN 1 AND 28", name="prompt_days"),
        CheckConstraint("minimum_days BETWEEN 1 AND 28", name="minimum_days"),
        CheckConstraint("list_days BETWEEN 0 AND 60", name="list_days"),
        CheckConstraint("auto_issue_day BETWEEN 1 AND 5", name="auto_issue_day"),
    )

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    prompt_days: Mapped[int] = mapped_column(default=5)
    minimum_days: Mapped[int] = mapped_column(default=3)
    list_days: Mapped[int] = mapped_column(default=5)
    business_days: Mapped[bool] = mapped_column(default=False)
    extend_on_holiday: Mapped[bool] = mapped_column(default=False)
    auto_issue_at: Mapped[time | None]
    auto_issue_day: Mapped[int] = mapped_column(default=1)
    reminder_days: Mapped[list[Any]] = mapped_column(default=lambda: [3, 5])
    reminder_at: Mapped[time] = mapped_column(default=time(9, 0))
    prorate: Mapped[bool] = mapped_column(default=True)
    apply_credit: Mapped[bool] = mapped_column(default=True)
    default_channels: Mapped[list[Any]] = mapped_column(default=lambda: ["email"])
    payment_methods: Mapped[list[Any]] = mapped_column(default=lambda: ["transfer", "cash", "pos", "cheque"])
    mails_per_minute: Mapped[int] = mapped_column(default=120)
    invoice_note: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)

    branch: Mapped[Branch] = relationship(back_populates="policy")

    __mapper_args__ = {"version_id_col": version}


class BranchHoliday(Model):
    """A day the branch is closed beyond the country's public holidays."""

    __tablename__ = "branch_holiday"
    __table_args__ = (UniqueConstraint("branch_id", "day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(120), default="")


class BankAccount(Model):
    """Where clients transfer to. CLABE's check digit is verified before it is stored."""

    __tablename__ = "bank_account"
    __table_args__ = (UniqueConstraint("branch_id", "clabe"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    bank_name: Mapped[str] = mapped_column(String(80), default="")
    holder: Mapped[str] = mapped_column(String(200), default="")
    clabe: Mapped[str] = mapped_column(String(34))
    is_primary: Mapped[bool] = mapped_column(default=True)


class TaxProfile(Model):
    """How a line is taxed. Rates are parts per million; `vat_ppm` None means exempt."""

    __tablename__ = "tax_profile"
    __table_args__ = (UniqueConstraint("branch_id", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    vat_ppm: Mapped[int | None]
    isr_withheld_ppm: Mapped[int] = mapped_column(default=0)
    vat_withheld_ppm: Mapped[int] = mapped_column(default=0)
    is_default: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class Series(Model):
    """A gapless numbering of documents of one kind ("invoice" or "receipt")."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("branch_id", "kind", "prefix"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(20))
    prefix: Mapped[str] = mapped_column(String(12))
    digits: Mapped[int] = mapped_column(default=6)
    yearly: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class SeriesCounter(Model):
    """The next number of a series in a year (year 0: the series does not start anew each year)."""

    __tablename__ = "series_counter"

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_number: Mapped[int] = mapped_column(default=1)
