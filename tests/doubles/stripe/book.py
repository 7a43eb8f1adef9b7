"""One account's things, in memory: plain dictionaries in Stripe's shapes. Names with "_" are ours and never leave."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from stripe._api_version import _ApiVersion

from tests.doubles.stripe import faults

Thing = dict[str, Any]
PREFIXES = {
    "checkout.session": "cs_test_", "payment_intent": "pi_", "charge": "ch_", "customer": "cus_",
    "payment_method": "pm_", "refund": "re_", "dispute": "du_", "event": "evt_",
    "customer_cash_balance_transaction": "ccsbtxn_",
}


class Book:
    """The state behind one secret key. Whoever calls holds the server's lock."""

    def __init__(self, clock: Callable[[], int], base: Callable[[], str], tell: Callable[[Book, Thing], None],
                 tables: dict[str, dict[str, Thing]] | None = None, answers: dict[str, Any] | None = None) -> None:
        self.now, self.base, self._tell = clock, base, tell
        self.tables = tables or {kind: {} for kind in PREFIXES}
        self.answers: dict[str, Any] = answers or {}

    def add(self, kind: str, **values: Any) -> Thing:
        """A new thing with an id and what every thing has."""
        thing = {"id": PREFIXES[kind] + secrets.token_hex(12), "object": kind, "created": self.now(),
                 "livemode": False, **values}
        self.tables[kind][thing["id"]] = thing
        return thing

    def get(self, kind: str, id: str, param: str = "id") -> Thing:
        """The thing itself, to change it. Raises ApiError (404)."""
        found = self.tables[kind].get(id)
        if found is None:
            raise faults.no_such(kind.rpartition(".")[2] if kind != "checkout.session" else kind, id, param)
        return found

    def every(self, kind: str) -> Iterable[Thing]:
        """All of a kind, the newest first."""
        return reversed(self.tables[kind].values())

    def find(self, id: str) -> Thing | None:
        """Whatever has this id."""
        return next((table[id] for table in self.tables.values() if id in table), None)

    def emit(self, type: str, thing: Thing, previous: Thing | None = None) -> Thing:
        """Note that something happened, and have it told."""
        data: Thing = {"object": shown(thing)}
        if previous:
            data["previous_attributes"] = previous
        event = self.add("event", type=type, api_version=_ApiVersion.CURRENT, data=data, pending_webhooks=1,
                         request={"id": None, "idempotency_key": None})
        self._tell(self, event)
        return event

    def link(self, session: Thing, step: str = "") -> str:
        """The address of a hosted page."""
        return f"{self.base()}/c/pay/{session['id']}{step}"


def shown(thing: Any) -> Any:
    """A copy as it leaves: without what is ours."""
    if isinstance(thing, dict):
        return {name: shown(value) for name, value in thing.items() if not name.startswith("_")}
    return [shown(each) for each in thing] if isinstance(thing, list) else deepcopy(thing)


def expanded(book: Book, thing: Thing, paths: Iterable[str]) -> Thing:
    """A copy in which the ids at `paths` ("latest_charge", "data.latest_charge") are the things themselves."""
    copy: Thing = shown(thing)
    for path in paths:
        _expand(book, copy, path.split("."), path)
    return copy


def _expand(book: Book, place: Any, steps: list[str], path: str) -> None:
    if isinstance(place, list):
        for each in place:
            _expand(book, each, steps, path)
        return
    first, *rest = steps
    if not isinstance(place, dict) or first not in place:
        raise faults.invalid("expand", f"This property cannot be expanded ({path}).")
    if isinstance(place[first], str) and (found := book.find(place[first])) is not None:
        place[first] = shown(found)
    elif isinstance(place[first], str):
        raise faults.invalid("expand", f"This property cannot be expanded ({path}).")
    if rest and place[first] is not None:
        _expand(book, place[first], rest, path)
