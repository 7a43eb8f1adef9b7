"""The books as a page shows them: the trial balance by account, and what the last checks found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from fastoffice.billing.models import LedgerCheck, Posting
from fastoffice.extensions import db

CHECKS = 10


@dataclass(frozen=True, slots=True)
class AccountSum:
    """All debits and all credits of an account, minor units, both positive."""

    account: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debit balances are positive."""
        return self.debit - self.credit


def trial_balance(branch_id: int) -> dict[str, list[AccountSum]]:
    """By currency, every account with its sums, added up by the database in one statement."""
    debit = sa.func.sum(sa.case((Posting.amount > 0, Posting.amount), else_=0))
    credit = sa.func.sum(sa.case((Posting.amount < 0, -Posting.amount), else_=0))
    query = sa.select(Posting.currency, Posting.account, debit, credit).where(
        Posting.branch_id == branch_id).group_by(Posting.currency, Posting.account).order_by(
        Posting.currency, Posting.account)
    found: dict[str, list[AccountSum]] = defaultdict(list)
    for currency, account, debits, credits in db.session.execute(query):
        found[currency].append(AccountSum(account, int(debits), int(credits)))
    return dict(found)


def last_checks(branch_id: int) -> list[LedgerCheck]:
    """The latest checks of the books, newest first."""
    query = sa.select(LedgerCheck).where(LedgerCheck.branch_id == branch_id)
    return list(db.session.scalars(query.order_by(LedgerCheck.checked_at.desc(), LedgerCheck.id.desc()).limit(CHECKS)))
