"""Reading once for many dates: while a series is previewed, what its dates share is asked of the database once.

Only for what writes nothing: what was read stays as it was until the block ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Memory:
    """What was read, of a span of time (UTC) and of the bookings that may move in it."""

    starts_at: datetime
    ends_at: datetime
    bookings: tuple[int, ...] = ()
    known: dict[Any, Any] = field(default_factory=dict)

    def covers(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.starts_at <= starts_at and ends_at <= self.ends_at


_memory: ContextVar[Memory | None] = ContextVar("bookings_read_once", default=None)


@contextmanager
def reading_once(starts_at: datetime, ends_at: datetime, bookings: Collection[int] = ()) -> Iterator[None]:
    """Remember what is read inside, as far as it concerns this span."""
    token = _memory.set(Memory(starts_at, ends_at, tuple(bookings)))
    try:
        yield
    finally:
        _memory.reset(token)


def memory() -> Memory | None:
    """What is remembered now; None outside of `reading_once`."""
    return _memory.get()


def once(key: Any, read: Callable[[], T]) -> T:
    """What `read` answers: asked once inside `reading_once`, else each time."""
    found = _memory.get()
    if found is None:
        return read()
    if key not in found.known:
        found.known[key] = read()
    answer: T = found.known[key]
    return answer
