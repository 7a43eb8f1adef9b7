"""When a hosted page ends, whether a voucher can still be given, and what came of an attempt. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fastoffice import clock

SHORTEST_SESSION = timedelta(minutes=31)  # the processor wants half an hour at least, counted on its own clock
USUAL_SESSION = timedelta(hours=1)
LOOK_AGAIN = timedelta(minutes=10)  # after the first look an open page is looked at again this much later
OXXO_LEAST, OXXO_MOST = 10_00, 10_000_00  # MXN, minor units; what the shops take
OXXO_DAYS = 3
OXXO_ZONE = "America/Mexico_City"  # a voucher ends at 23:59 there
TRANSFER_WAITS = timedelta(days=7)  # for a transfer that no price waits for
PRICE_ENDS = ("card", "oxxo")  # means whose payment keeps the price: the deadline waits until it is known

PAYMENT = "stripe:"  # how a payment's key begins in our books; the processor's own name of it follows
KEY_LENGTH = 64

TRANSITIONS: dict[str, frozenset[str]] = {
    "created": frozenset({"open", "processing", "paid", "failed", "expired"}),
    "open": frozenset({"processing", "paid", "failed", "expired"}),
    "processing": frozenset({"paid", "failed", "expired"}),
    "failed": frozenset({"paid"}),  # money that turns up after all is never lost
    "expired": frozenset({"paid"}),
    "paid": frozenset(),
}
UNDER_WAY = ("created", "open", "processing")


def may_become(state: str, target: str) -> bool:
    """Whether an attempt in this state may become `target`."""
    return target in TRANSITIONS[state]


def payment_key(intent_id: str) -> str:
    """The key of the payment behind the processor's own name for it: told twice, it is one payment."""
    return f"{PAYMENT}{intent_id}"[:KEY_LENGTH]


def session_end(now: datetime, promised_until: datetime | None) -> datetime:
    """When the hosted page should close: with the price it promises, as far as the processor lets us say so.

    Where less than half an hour is left we close it ourselves when the price ends.
    """
    wanted = now + USUAL_SESSION
    if promised_until is not None:
        wanted = min(wanted, promised_until)
    return max(wanted, now + SHORTEST_SESSION)


def voucher_days(now: datetime, promised_until: datetime | None) -> int:
    """Days that a voucher may run which is asked for now: it ends before the price does. 0: none can be given any more.

    The processor counts them from the moment the client takes the voucher, at the latest when the page ends.
    """
    today = clock.local_date(session_end(now, promised_until) - timedelta(microseconds=1), OXXO_ZONE)
    for days in range(OXXO_DAYS, 0, -1):
        end = clock.end_of_day(today + timedelta(days=days), OXXO_ZONE)
        if promised_until is None or end <= promised_until:
            return days
    return 0


def oxxo_takes(amount: int, currency: str) -> bool:
    """Whether the shops take this amount (minor units)."""
    return currency == "MXN" and OXXO_LEAST <= amount <= OXXO_MOST


def value_date(method: str, charged_at: datetime, promised_until: datetime | None, zone: str) -> date:
    """The day that counts. A voucher could only be paid while it was valid, however late we hear of it."""
    day = clock.local_date(charged_at, zone)
    if method == "oxxo" and promised_until is not None:
        return min(day, clock.local_date(promised_until - timedelta(microseconds=1), zone))
    return day


def outcome(session_status: str, intent_status: str | None) -> str:
    """The state of an attempt, from what the processor says of its page and of its payment now."""
    if intent_status == "succeeded":
        return "paid"
    if session_status == "open":
        return "open"
    if session_status == "expired" or intent_status == "canceled":
        return "expired" if session_status == "expired" else "failed"
    return "processing" if intent_status in ("processing", "requires_action", "requires_capture") else "failed"


REFUNDED = ("card", "spei")  # what the processor gives back: cash from a shop has no way back
TRANSFER_GOES_BACK = timedelta(days=180)
REFUND_STATES = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed", "kept": "kept"}  # else pending
REFUND_OVER = ("failed", "kept")  # it reached nobody
_REFUND_STEPS: dict[str, frozenset[str]] = {
    "created": frozenset({"pending", "succeeded", *REFUND_OVER}),
    "pending": frozenset({"succeeded", *REFUND_OVER}),
    "succeeded": frozenset(REFUND_OVER),  # a bank may send it back days later
    "failed": frozenset(),
    "kept": frozenset(),
}
DISPUTE_STATES = {
    "needs_response": "needs_response", "warning_needs_response": "needs_response", "under_review": "under_review",
    "warning_under_review": "under_review", "won": "won", "warning_closed": "won", "prevented": "won", "lost": "lost"}
DISPUTE_OPEN, DISPUTE_CLOSED = ("needs_response", "under_review"), ("won", "lost")


def refund_may_become(state: str, target: str) -> bool:
    """Whether a refund in this state may become `target`."""
    return target in _REFUND_STEPS[state]


def last_refund_day(method: str, paid_on: date) -> date | None:
    """The last day on which the processor gives back a payment begun on that day; None where there is no end."""
    return paid_on + TRANSFER_GOES_BACK if method == "spei" else None
