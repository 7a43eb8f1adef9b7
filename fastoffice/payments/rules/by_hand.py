"""What may be recorded, what a payment would pay, and the life of a cheque. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel.numbers import is_currency

from fastoffice import locale, money
from fastoffice.billing.rules.allocation import oldest_first
from fastoffice.folding import clean_text
from fastoffice.payments import errors

METHODS = ("cash", "transfer", "cheque", "pos", "other")
ONLINE = ("card", "oxxo", "spei")  # told by the processor, never typed
OLDEST = timedelta(days=366)  # an older date is a slip of the year, not a payment somebody just heard of
REFERENCE_LENGTH, NOTE_LENGTH = 80, 300

# cheque_state -> what may follow; "cleared" bounces only as a reversal
CHEQUE: dict[str, frozenset[str]] = {
    "received": frozenset({"deposited", "cleared", "bounced"}),
    "deposited": frozenset({"cleared", "bounced"}),
    "cleared": frozenset({"bounced"}),
    "bounced": frozenset(),
}

Wishes = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class PaymentSpec:
    """A payment as somebody types it. Amounts in minor units, `value_date` in the branch's calendar.

    `wishes`: (invoice id, amount or None for all it takes) in order, or None for the oldest first.
    `request_key` names the form it was typed in: the same key is the same payment. `is_online`: nobody typed it,
    the card processor told us.
    """

    client_id: int
    method: str
    amount: int
    value_date: date
    currency: str = "MXN"
    reference: str = ""
    note: str = ""
    taken_by: str = ""
    request_key: str | None = None
    wishes: Wishes | None = None
    is_online: bool = False


@dataclass(frozen=True, slots=True)
class Payable:
    """An open document that a payment can pay."""

    id: int
    number: str
    balance: int
    currency: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a payment would do: (invoice id, amount) in order, and what stays as credit."""

    parts: tuple[tuple[int, int], ...]
    credit: int


def cleaned(spec: PaymentSpec) -> PaymentSpec:
    """The same with its texts as single lines, without control, zero-width or direction characters."""
    key = clean_text(spec.request_key or "")
    return replace(spec, reference=clean_text(spec.reference), note=clean_text(spec.note),
                   taken_by=clean_text(spec.taken_by), request_key=key or None)


def check(spec: PaymentSpec, today: date) -> None:
    """Raises a Refusal naming the field that is wrong. `today` is the branch's."""
    if spec.method not in (ONLINE if spec.is_online else METHODS):
        raise errors.UnknownMethod
    if spec.amount <= 0 or spec.amount > money.MAX_MINOR:
        raise errors.NothingReceived
    if not is_currency(spec.currency):
        raise errors.UnknownCurrency
    check_value_date(spec.value_date, today)
    check_text(spec.reference, "reference", REFERENCE_LENGTH)
    check_text(spec.note, "note", NOTE_LENGTH)
    if spec.wishes is not None:
        _check_wishes(spec.wishes, spec.amount)


def check_value_date(day: date, today: date) -> None:
    """Money can't have arrived tomorrow; a date more than a year back is a slip."""
    if day > today:
        raise errors.DateInFuture(locale.date_long(today))
    if day < today - OLDEST:
        raise errors.DateTooOld(locale.date_long(today - OLDEST))


def check_text(text: str, field: str, most: int) -> None:
    """Raises TooLong."""
    if len(text) > most:
        raise errors.TooLong(field, most)


def check_reason(reason: str) -> str:
    """The reason as one clean line. Raises ReasonMissing, TooLong."""
    cleaned = clean_text(reason)
    if not cleaned:
        raise errors.ReasonMissing
    check_text(cleaned, "reason", NOTE_LENGTH)
    return cleaned


def _check_wishes(wishes: Wishes, amount: int) -> None:
    ids = [key for key, _part in wishes]
    if len(ids) != len(set(ids)) or any(part is not None and part <= 0 for _key, part in wishes):
        raise errors.NotTheirInvoice
    if sum(part or 0 for _key, part in wishes) > amount:
        raise errors.SharedTooMuch


def plan(amount: int, currency: str, payables: Sequence[Payable], wishes: Wishes | None) -> Plan:
    """What `amount` pays of `payables` (oldest first), the chosen ones or all.

    Raises PartTooHigh, OtherCurrency, SharedTooMuch, NotTheirInvoice for wishes that can't be met.
    """
    known = {each.id: each for each in payables}
    if wishes is None:
        targets = [(each.id, each.balance) for each in payables if each.currency == currency]
    else:
        _check_wishes(wishes, amount)
        targets = [_target(known.get(key), part, currency) for key, part in wishes]
    parts = oldest_first(amount, targets)
    return Plan(tuple(parts), amount - sum(part for _key, part in parts))


def _target(payable: Payable | None, part: int | None, currency: str) -> tuple[int, int]:
    if payable is None:
        raise errors.NotTheirInvoice
    if payable.currency != currency:
        raise errors.OtherCurrency(payable.number, payable.currency)
    if part is not None and part > payable.balance:
        raise errors.PartTooHigh(payable.number, money.display(payable.balance, payable.currency))
    return payable.id, payable.balance if part is None else part


def may_turn(cheque_state: str | None, target: str) -> bool:
    """Whether a cheque in this state may become `target`."""
    return target in CHEQUE.get(cheque_state or "", frozenset())
