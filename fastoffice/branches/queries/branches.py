"""A branch, its policy as values, its series and taxes."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import holidays
import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from fastoffice.branches.models import (
    BankAccount,
    Branch,
    BranchHoliday,
    BranchPolicy,
    Series,
    SeriesCounter,
    TaxProfile,
)
from fastoffice.branches.rules import Policy
from fastoffice.errors import NotFound
from fastoffice.extensions import db

_OF_THE_BRANCH = {"branch_id", "country", "timezone", "currency", "language", "own_holidays"}
_LISTS = {"reminder_days", "default_channels", "payment_methods"}


def branch_by_code(code: str) -> Branch:
    """The branch with this code, in any case. Raises NotFound."""
    branch = db.session.scalar(sa.select(Branch).where(Branch.code == code.strip().upper()))
    if branch is None:
        raise NotFound(_l("There is no branch “%(code)s”.", code=code))
    return branch


def public_holiday_names(country: str, year: int) -> list[tuple[date, str]]:
    """The country's public holidays of a year with their names in its own language, by day."""
    language = {"MX": "es", "ES": "es", "RO": "ro"}.get(country)
    return sorted(holidays.country_holidays(country, years=year, language=language).items())


def policy_of(branch: Branch) -> Policy:
    """The branch's policy with its own holidays, as values for the rules."""
    row = db.session.get(BranchPolicy, branch.id)
    if row is None:
        raise NotFound(_l("The branch has no policy."))
    values: dict[str, Any] = {
        item.name: tuple(value) if item.name in _LISTS else value
        for item in fields(Policy)
        if item.name not in _OF_THE_BRANCH
        for value in (getattr(row, item.name),)
    }
    return Policy(
        branch_id=branch.id, country=branch.country, timezone=branch.timezone, currency=branch.currency,
        language=branch.language, own_holidays=holidays_of(branch.id), **values,
    )


def holidays_of(branch_id: int) -> frozenset[date]:
    """The days on the branch's own list."""
    query = sa.select(BranchHoliday.day).where(BranchHoliday.branch_id == branch_id)
    return frozenset(db.session.scalars(query))


def holiday_rows(branch_id: int) -> list[BranchHoliday]:
    """The branch's own list, by day."""
    query = sa.select(BranchHoliday).where(BranchHoliday.branch_id == branch_id)
    return list(db.session.scalars(query.order_by(BranchHoliday.day)))


def all_series(branch_id: int) -> list[tuple[Series, int, int]]:
    """(series, year, next number) of every series, those in use first; the newest year where it is yearly."""
    query = sa.select(Series).where(Series.branch_id == branch_id)
    found = list(db.session.scalars(query.order_by(Series.is_active.desc(), Series.kind, Series.id)))
    counters = sa.select(SeriesCounter).where(SeriesCounter.series_id.in_([each.id for each in found]))
    newest: dict[int, tuple[int, int]] = {}
    for counter in db.session.scalars(counters.order_by(SeriesCounter.year)):
        newest[counter.series_id] = (counter.year, counter.next_number)
    return [(each, *newest.get(each.id, (0, 1))) for each in found]


def tax_profiles(branch_id: int, *, active: bool = True) -> list[TaxProfile]:
    """The branch's tax profiles, the default first."""
    query = sa.select(TaxProfile).where(TaxProfile.branch_id == branch_id)
    if active:
        query = query.where(TaxProfile.is_active)
    return list(db.session.scalars(query.order_by(TaxProfile.is_default.desc(), TaxProfile.id)))


def primary_account(branch_id: int) -> BankAccount | None:
    """The account that invoices ask to be paid into, if there is one."""
    return db.session.scalar(sa.select(BankAccount).where(BankAccount.id == primary_account_id(branch_id)))


def primary_account_id(branch_id: Any) -> sa.ScalarSelect[int]:
    """Which account that is, for a statement that reads branches: `branch_id` may be its column."""
    own = aliased(BankAccount)
    return sa.select(own.id).where(own.branch_id == branch_id).order_by(
        own.is_primary.desc(), own.id).limit(1).scalar_subquery()
