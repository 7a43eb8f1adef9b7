"""What may be asked, and until when a request keeps the deadline waiting. Pure; days are the branch's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from fastoffice import locale, money
from fastoffice.folding import clean_text
from fastoffice.receivables import errors

DATA, DISPUTE, INSTALMENTS, TRANSFER = KINDS = ("data", "dispute", "instalments", "transfer")
NEW, ACCEPTED, REJECTED, WITHDRAWN = STATES = ("new", "accepted", "rejected", "withdrawn")
HOLDS = {DISPUTE: "dispute", TRANSFER: "review", INSTALMENTS: "promise"}
MOST_OPEN = 10  # of one client at a time
MESSAGE_LENGTH, ANSWER_LENGTH = 2_000, 500
DISPUTE_DAYS = 10
PARTS_LEAST, PARTS_MOST = 2, 6
FARTHEST = timedelta(days=180)
REMEMBERED = timedelta(days=60)  # how long a refused or withdrawn request keeps the next one from holding anything


@dataclass(frozen=True, slots=True)
class Part:
    """One payment of a proposal; minor units."""

    on: date
    amount: int


def message_of(text: str, *, required: bool) -> str:
    """Several lines, each cleaned. Raises MessageMissing, MessageTooLong."""
    cleaned = "\n".join(clean_text(line) for line in text.splitlines()).strip()
    if required and not cleaned:
        raise errors.MessageMissing
    if len(cleaned) > MESSAGE_LENGTH:
        raise errors.MessageTooLong(MESSAGE_LENGTH)
    return cleaned


def check_parts(parts: Sequence[Part], balance: int, currency: str, today: date) -> None:
    """Raises the named refusal of a proposal that is not one."""
    if not PARTS_LEAST <= len(parts) <= PARTS_MOST:
        raise errors.WrongNumberOfParts(PARTS_LEAST, PARTS_MOST)
    if any(part.amount <= 0 for part in parts):
        raise errors.PartEmpty
    days = [part.on for part in parts]
    if days[0] < today or any(later <= earlier for earlier, later in pairwise(days)):
        raise errors.DaysOutOfOrder
    if days[-1] > today + FARTHEST:
        raise errors.TooFarAway(locale.date_long(today + FARTHEST))
    total = sum(part.amount for part in parts)
    if total != balance:
        raise errors.DoesNotAddUp(money.display(total, currency), money.display(balance, currency))


def equal_parts(balance: int, days: Sequence[date]) -> list[Part]:
    """The balance in as many equal parts as days; the first ones take the odd centavos."""
    share, odd = divmod(balance, len(days))
    return [Part(day, share + (place < odd)) for place, day in enumerate(days)]


def next_business_day(today: date, is_business_day: Callable[[date], bool]) -> date:
    """The first business day after today."""
    day = today + timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return day
