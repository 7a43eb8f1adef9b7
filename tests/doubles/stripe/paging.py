"""Lists: the newest first, a page at a time, as Stripe cuts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.doubles.stripe import faults
from tests.doubles.stripe.book import Thing

USUAL, MOST = 10, 100


def page(url: str, things: Iterable[Thing], params: dict[str, Any]) -> Thing:
    """A list object of what `params` (limit, starting_after, ending_before, created) leave."""
    limit = params.get("limit", USUAL)
    if not 1 <= limit <= MOST:
        raise faults.invalid("limit", f"Invalid integer: {limit}; limit must be between 1 and {MOST}")
    rows = [each for each in things if _is_of(each["created"], params.get("created"))]
    if after := params.get("starting_after"):
        rows = rows[_place(rows, after, "starting_after") + 1:]
    if before := params.get("ending_before"):
        rows = rows[:_place(rows, before, "ending_before")]
        return _list(url, rows[-limit:], len(rows) > limit)
    return _list(url, rows[:limit], len(rows) > limit)


def _list(url: str, rows: list[Thing], has_more: bool) -> Thing:
    return {"object": "list", "url": url, "has_more": has_more, "data": rows}


def _is_of(created: int, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return created == wanted
    return (created > wanted.get("gt", -1) and created >= wanted.get("gte", 0)
            and created < wanted.get("lt", 1 << 60) and created <= wanted.get("lte", 1 << 60))


def _place(rows: list[Thing], id: str, param: str) -> int:
    for place, each in enumerate(rows):
        if each["id"] == id:
            return place
    raise faults.no_such("object", id, param)
