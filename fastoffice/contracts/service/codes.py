"""Codes of contracts: "C-0001" and so on, per branch."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice.contracts.models import Contract
from fastoffice.extensions import db

PREFIX = "C-"


def next_codes(branch_id: int, count: int) -> list[str]:
    """The next `count` codes after the highest in use. The caller holds the branch's lock."""
    taken = db.session.scalars(
        sa.select(Contract.code).where(Contract.branch_id == branch_id, Contract.code.like(f"{PREFIX}%"))
    )
    numbers = [int(code[len(PREFIX) :]) for code in taken if code[len(PREFIX) :].isdigit()]
    first = max(numbers, default=0) + 1
    return [f"{PREFIX}{number:04d}" for number in range(first, first + count)]
