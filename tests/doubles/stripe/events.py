"""The list of events: what an address that was away can read afterwards."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from stripe.params import EventListParams, EventRetrieveParams

from tests.doubles.stripe import paging
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.routing import route


@route("GET", "/v1/events", EventListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    wanted = params.get("types") or [params.get("type", "*")]
    rows = [each for each in book.every("event") if any(fnmatchcase(each["type"], type) for type in wanted)]
    if "delivery_success" in params:
        rows = [each for each in rows if (each["pending_webhooks"] == 0) is params["delivery_success"]]
    return paging.page("/v1/events", rows, params)


@route("GET", "/v1/events/{}", EventRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("event", id)
