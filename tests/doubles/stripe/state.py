"""Every account's book, one lock for all, and a file for a double that has to outlive its process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.doubles.stripe import faults, sessions, vouchers
from tests.doubles.stripe.book import PREFIXES, Book, Thing
from tests.doubles.stripe.telling import PostOffice, Target, teller

KEYS = ("sk_test_", "rk_test_")


class State:
    """Books by secret key."""

    def __init__(self, clock: Callable[[], int], base: Callable[[], str], file: Path | None) -> None:
        self._clock, self._base, self._file = clock, base, file
        self._lock = threading.RLock()
        self._books: dict[str, Book] = {}
        self.office = PostOffice(clock)

    @contextmanager
    def book(self, key: str) -> Iterator[Book]:
        """The book of an account, for this thread alone, brought up to the present. Raises ApiError (401)."""
        if not key.startswith(KEYS) or len(key) < len(KEYS[0]) + 3:
            raise faults.not_known(key)
        with self._lock:
            book = self._books.setdefault(key, self._new(key))
            self._sweep(book)
            yield book
            self.save()

    @contextmanager
    def book_of(self, kind: str, id: str) -> Iterator[Book]:
        """The book in which a thing stands. Raises ApiError (404)."""
        with self._lock:
            key = next((key for key, book in self._books.items() if id in book.tables[kind]), None)
            if key is None:
                raise faults.no_such(kind, id)
            with self.book(key) as book:
                yield book

    def forget(self) -> None:
        """As if it had just been started."""
        with self._lock:
            self._books.clear()
            self.office.forget()

    def all(self, kind: str) -> list[Thing]:
        """Everything of a kind in all books, the oldest first."""
        with self._lock:
            for book in self._books.values():
                self._sweep(book)
            return [thing for book in self._books.values() for thing in book.tables[kind].values()]

    def save(self) -> None:
        """Write the file, if there is one."""
        if self._file is None:
            return
        told = {"books": {key: {"tables": book.tables, "answers": book.answers} for key, book in self._books.items()},
                "targets": [asdict(each) for each in self.office.targets if isinstance(each.address, str)]}
        half = self._file.with_suffix(".half")
        half.write_text(json.dumps(told), "utf-8")
        half.replace(self._file)

    def load(self) -> None:
        """Read the file, if there is one; once the address is known, which open sessions carry."""
        if self._file is None or not self._file.exists():
            return
        told = json.loads(self._file.read_text("utf-8"))
        for key, kept in told["books"].items():
            self._books[key] = self._new(key, kept["tables"], kept["answers"])
            self._move(self._books[key])
        self.office.targets = [Target(**each) for each in told["targets"]]

    def _move(self, book: Book) -> None:
        """The port may be another one now."""
        for session in book.tables["checkout.session"].values():
            session["url"] = session["url"] and book.link(session)

    def _new(self, key: str, tables: dict[str, dict[str, Thing]] | None = None, answers: Thing | None = None) -> Book:
        filled = {kind: (tables or {}).get(kind, {}) for kind in PREFIXES}
        return Book(self._clock, self._base, teller(self.office, key), filled, answers)

    def _sweep(self, book: Book) -> None:
        sessions.sweep(book)
        vouchers.sweep(book)
