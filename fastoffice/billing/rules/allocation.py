"""Which money pays what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def oldest_first(amount: int, balances: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Share `amount` over (invoice id, balance) in the order given; the parts never exceed either."""
    parts = []
    for invoice_id, balance in balances:
        part = min(amount, balance)
        if part > 0:
            parts.append((invoice_id, part))
            amount -= part
    return parts


def was_on_time(value_date: date, due_on: date) -> bool:
    """What counts is the value date, whenever we learn of it (product rules, "The monthly cycle", 6)."""
    return value_date <= due_on


def on_time_sum(parts: Iterable[tuple[int, date]], due_on: date) -> int:
    """How much of (amount, value date) parts arrived inside the window."""
    return sum(amount for amount, value_date in parts if was_on_time(value_date, due_on))
