"""The branch's policy as values, and the days it works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from typing import Any

import holidays
from flask_babel import lazy_gettext as _l

from fastoffice.errors import Refusal

CHANNELS = ("email", "post", "whatsapp")
METHODS = ("transfer", "cash", "pos", "cheque", "other")
LIMITS = {
    "prompt_days": (1, 28), "minimum_days": (1, 28), "list_days": (0, 60), "auto_issue_day": (1, 5),
    "mails_per_minute": (1, 6_000),
}
MAX_REMINDERS = 6


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The country's public holidays of a year."""
    return frozenset(holidays.country_holidays(country, years=year))


@dataclass(frozen=True, slots=True)
class Policy:
    """What the monthly cycle asks a branch (product rules, "The monthly cycle", 2 to 4).

    Days are days of the month or counts of days; times are wall times of `timezone`.
    `auto_issue_at` None: drafts are issued by hand.
    """

    branch_id: int
    country: str
    timezone: str
    currency: str
    language: str
    prompt_days: int = 5
    minimum_days: int = 3
    list_days: int = 5
    business_days: bool = False
    extend_on_holiday: bool = False
    auto_issue_at: time | None = None
    auto_issue_day: int = 1
    reminder_days: tuple[int, ...] = (3, 5)
    reminder_at: time = time(9, 0)
    prorate: bool = True
    apply_credit: bool = True
    default_channels: tuple[str, ...] = ("email",)
    payment_methods: tuple[str, ...] = ("transfer", "cash", "pos", "cheque")
    mails_per_minute: int = 120
    invoice_note: str = ""
    own_holidays: frozenset[date] = field(default_factory=frozenset)

    def is_holiday(self, day: date) -> bool:
        """A public holiday of the country or a day on the branch's own list."""
        return day in self.own_holidays or day in public_holidays(self.country, day.year)

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday and no holiday."""
        return day.weekday() < 5 and not self.is_holiday(day)


def check_policy(values: dict[str, Any]) -> dict[str, Any]:
    """The same values, tidied. Raises Refusal naming the field that is out of range."""
    checked = dict(values)
    for name, (lowest, highest) in LIMITS.items():
        if name in values and not lowest <= values[name] <= highest:
            message = _l("Choose a number from %(low)s to %(high)s.", low=lowest, high=highest)
            raise Refusal(message, field=name)
    if "reminder_days" in values:
        checked["reminder_days"] = _reminders(values["reminder_days"])
    _check_choices(values, "default_channels", CHANNELS)
    _check_choices(values, "payment_methods", METHODS)
    return checked


def _reminders(days: Sequence[int]) -> list[int]:
    found = sorted(set(days))
    if len(found) > MAX_REMINDERS or any(not 1 <= day <= 28 for day in found):
        raise Refusal(_l("Up to six days of the month, from 1 to 28."), field="reminder_days")
    return found


def _check_choices(values: dict[str, Any], name: str, allowed: Sequence[str]) -> None:
    if name in values and (not values[name] or not set(values[name]) <= set(allowed)):
        raise Refusal(_l("Choose at least one."), field=name)
