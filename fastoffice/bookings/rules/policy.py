"""The branch's numbers for bookings, as rules read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastoffice import money


@dataclass(frozen=True, slots=True)
class Policy:
    """Hours, minutes and days as named; `late_fee_percent` of what a booking cost stays after a late cancellation."""

    free_cancel_hours: int = 24
    late_fee_percent: int = 100
    no_show_minutes: int = 15
    hold_minutes: int = 15
    offer_minutes: int = 30
    ahead_days: int = 365


DEFAULTS = Policy()


def free_until(starts_at: datetime, policy: Policy) -> datetime:
    """Up to this moment a booking is cancelled free."""
    return starts_at - timedelta(hours=policy.free_cancel_hours)


def kept_percent(charge_at: datetime, now: datetime, policy: Policy) -> int:
    """How much of its price a booking that is cancelled at `now` still costs; free until `charge_at`, as agreed."""
    return 0 if now <= charge_at else policy.late_fee_percent


def kept_of(amount: int, percent: int) -> int:
    """The part of an amount (minor units) or of minutes that stays."""
    return money.share(amount, percent, 100)


def no_show_at(starts_at: datetime, booked_at: datetime, policy: Policy) -> datetime:
    """When a booking nobody checked in to is released: what was booked a moment ago has its whole grace too."""
    return max(starts_at, booked_at) + timedelta(minutes=policy.no_show_minutes)
