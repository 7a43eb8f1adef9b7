"""One call to Stripe: its answer, or one of our two errors; and how its answers are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import stripe

from fastoffice.payments.gateway.errors import GatewayAway, GatewayRefused

Answer = TypeVar("Answer")
IN_USE = 409  # the same call with the same key is being answered to somebody else


def ask(call: Callable[[], Answer]) -> Answer:
    """Raises GatewayAway, GatewayRefused."""
    try:
        return call()
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise GatewayAway(type(error).__name__) from error
    except stripe.StripeError as error:
        if error.http_status == IN_USE:
            raise GatewayAway(str(error.code or "in use")) from error
        raise GatewayRefused(str(error.code or type(error).__name__), str(error.user_message or "")[:200]) from error


def every(list_page: Callable[[Any], Any], params: dict[str, Any]) -> Iterator[Any]:
    """All things of a list, page after page."""
    page = ask(lambda: list_page(params))
    while True:
        yield from page.data
        if not page.has_more:
            return
        following = {**params, "starting_after": page.data[-1].id}
        page = ask(lambda following=following: list_page(following))  # type: ignore[misc]


def moment(seconds: int | None) -> datetime | None:
    """Their clock as ours."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def id_of(thing: Any) -> str | None:
    """The id of something that may have been expanded."""
    return thing if isinstance(thing, str) or thing is None else str(thing.id)


def noted(thing: Any, name: str) -> str:
    """What we noted on it ourselves."""
    return str(thing.metadata[name]) if thing.metadata and name in thing.metadata else ""
