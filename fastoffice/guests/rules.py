"""How much one stranger may hold, and what of a price goes back. Pure."""

from __future__ import annotations

from datetime import timedelta

from fastoffice import money

PAYING, BOOKED, ENDED, LATE, LOST, CANCELLED, OVER = STATES = (
    "paying", "booked", "ended", "late", "lost", "cancelled", "over")
HOLDS_PER_EMAIL, HOLDS_PER_ADDRESS = 2, 4  # at the same moment
UNPAID_PER_EMAIL, UNPAID_PER_ADDRESS = 4, 12  # in a day
DAY = timedelta(days=1)
PAGE_LIVES = timedelta(days=90)  # the private page, after the meeting


def holds_too_many(paying: tuple[int, int], unpaid: tuple[int, int]) -> bool:
    """Whether one more hold is refused; each pair counts those of the same e-mail and of the same address."""
    return (paying[0] >= HOLDS_PER_EMAIL or paying[1] >= HOLDS_PER_ADDRESS
            or unpaid[0] >= UNPAID_PER_EMAIL or unpaid[1] >= UNPAID_PER_ADDRESS)


def kept(subtotal: int, owed: int, accepted_percent: int) -> int:
    """What of a price (minor units, without tax) stays after a cancellation: what the branch asks now, and never more
    than the guest accepted when they paid.
    """
    return min(owed, money.share(subtotal, accepted_percent, 100))


def with_tax(subtotal: int, taxes: tuple[int, int, int]) -> int:
    """A price with its taxes (VAT, ISR withheld, VAT withheld in millionths), rounded as on the invoice."""
    vat, isr, withheld = (money.rate_of(subtotal, ppm) for ppm in taxes)
    return subtotal + vat - isr - withheld
