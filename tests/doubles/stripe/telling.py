"""Signed webhooks: every event waits here for its address, and is told twice, late, in any order or never, as asked."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from stripe import WebhookSignature

from fastoffice import clock
from tests.doubles.stripe.book import Book, Thing, shown

PATIENCE_SECONDS = 10
LONGEST_WAIT = 30.0
Address = str | Callable[[bytes, str], int]  # a URL, or what takes (body, signature) and answers a status


@dataclass
class Knobs:
    """How events are told by themselves. `drop` are types ("charge.*", "*") that get lost."""

    duplicate: int = 0
    reverse: bool = False
    delay: float = 0.0
    drop: list[str] = field(default_factory=list)
    retry: bool = True


@dataclass
class Parcel:
    """An event on its way to an address."""

    event: Thing
    address: Address
    secret: str
    tries: int = 0
    not_before: float = 0.0


@dataclass(frozen=True)
class Target:
    """Where events of an account (None: of all that have no address of their own) are told."""

    address: Address
    secret: str
    key: str | None = None


class PostOffice:
    """What waits to be told; a thread carries it, or the test does."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.knobs, self.targets, self.waiting = Knobs(), list[Target](), list[Parcel]()
        self._now, self._lock = now, threading.Condition()
        self._ends = False
        self._thread: threading.Thread | None = None

    def take(self, key: str, event: Thing) -> None:
        """An event has happened on the account behind `key`."""
        with self._lock:
            own = [each for each in self.targets if each.key == key] or [
                each for each in self.targets if each.key is None]
            at = clock.monotonic() + self.knobs.delay
            self.waiting += [Parcel(event, each.address, each.secret, not_before=at) for each in own]
            self._lock.notify_all()

    def deliver(self, *, duplicate: int = 0, reverse: bool = False, drop: Iterable[str] = (),
                only: Iterable[str] = ("*",), repeat: bool = True) -> list[tuple[str, int]]:
        """Carry what waits now; (type, status) of each. What is refused waits again, unless `repeat` is off."""
        with self._lock:
            batch = [each for each in self.waiting if _is_named(each, only)]
            self.waiting = [each for each in self.waiting if not _is_named(each, only)]
        batch = [each for each in batch if not _is_named(each, drop)]
        if reverse:
            batch.reverse()
        return [(each.event["type"], self._carry(each, repeat)) for each in batch for _copy in range(duplicate + 1)]

    def _carry(self, parcel: Parcel, repeat: bool) -> int:
        body = json.dumps(shown(parcel.event), indent=2)
        header = WebhookSignature.generate_signature_header(body, parcel.secret, self._now())
        status = _post(parcel.address, body.encode(), header)
        if 200 <= status < 300:
            parcel.event["pending_webhooks"] = 0
        elif repeat:
            parcel.tries += 1
            parcel.not_before = clock.monotonic() + min(0.5 * 2 ** parcel.tries, LONGEST_WAIT)
            with self._lock:
                if parcel not in self.waiting:
                    self.waiting.append(parcel)
        return status

    def forget(self) -> None:
        """Nothing waits, nobody is told."""
        with self._lock:
            self.knobs, self.targets, self.waiting = Knobs(), [], []

    def start(self) -> None:
        """Carry by itself from now on."""
        self._thread = threading.Thread(target=self._run, daemon=True, name="stripe double: webhooks")
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._ends = True
            self._lock.notify_all()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        while not self._ends:
            for parcel in self._due():
                for _copy in range(self.knobs.duplicate + 1):
                    self._carry(parcel, self.knobs.retry)

    def _due(self) -> list[Parcel]:
        """The next ones, as the knobs want them; waits for some."""
        with self._lock:
            now = clock.monotonic()
            due = [each for each in self.waiting if each.not_before <= now]
            if not due:
                ahead = min((each.not_before - now for each in self.waiting), default=60.0)
                self._lock.wait(max(ahead, 0.01))
                return []
            self.waiting = [each for each in self.waiting if each.not_before > now]
            due = [each for each in due if not _is_named(each, self.knobs.drop)]
            return due[::-1] if self.knobs.reverse else due


def _is_named(parcel: Parcel, types: Iterable[str]) -> bool:
    return any(fnmatchcase(parcel.event["type"], type) for type in types)


def _post(address: Address, body: bytes, header: str) -> int:
    """The status; 0 when nobody answered."""
    if not isinstance(address, str):
        return address(body, header)
    request = urllib.request.Request(address, body, {
        "Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header, "User-Agent": "Stripe/1.0"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return int(error.code)
    except OSError:
        return 0


def teller(office: PostOffice, key: str) -> Callable[[Book, Thing], None]:
    """What a book of this account calls when something happens."""
    return lambda _book, event: office.take(key, event)
