"""When an invitation opens the door: on its days, a day early or a day late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from fastoffice.visitors import errors

Standing = Literal["ok", "early", "late", "cancelled", "used", "elsewhere", "unknown"]
GRACE = timedelta(days=1)
FARTHEST = timedelta(days=366)
LONGEST = timedelta(days=31)


def standing(state: str, starts_on: date, ends_on: date, today: date, used_on: date | None) -> Standing:
    """Whether it counts today; days are the branch's. `used_on` is the day of the last visit by it.

    One of several days lets its guest in once a day; one of a single day, once.
    """
    if state == "cancelled":
        return "cancelled"
    if today < starts_on - GRACE:
        return "early"
    if today > ends_on + GRACE:
        return "late"
    if used_on is not None and (used_on == today or starts_on == ends_on):
        return "used"
    return "ok"


def is_used_up(starts_on: date, ends_on: date, today: date) -> bool:
    """Whether its guest, who comes today, is expected no more: one of several days stays open until its last."""
    return starts_on == ends_on or today >= ends_on


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises InvitationTimes for one that is over, too long or too far away."""
    if ends_at <= starts_at or ends_at <= now:
        raise errors.InvitationTimes("ends")
    if starts_at > now + FARTHEST or ends_at - starts_at > LONGEST:
        raise errors.InvitationTimes("starts")
