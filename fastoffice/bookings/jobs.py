"""What workers do for bookings."""

from __future__ import annotations

from fastoffice import clock, transaction
from fastoffice.bookings.service import attending


def attend_branch(branch_id: int) -> None:
    """Everything of a branch's bookings whose time has come."""
    transaction.run(attending.attend, branch_id, clock.now())


def end_months(branch_id: int) -> None:
    """Hours that nobody used end with their month."""
    transaction.run(attending.end_months, branch_id, clock.now())
