"""Who may open what of the pages for outside guests: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.factories.people import Cast

TABLE: dict[str, str] = dict.fromkeys((
    "guests.rooms", "guests.ask", "guests.book", "guests.photo", "guest_page.enter", "guest_page.show",
    "guest_page.pay", "guest_page.back", "guest_page.confirm_cancellation", "guest_page.cancel",
    "guest_page.meeting"), "public")


def _code(cast: Cast) -> str:
    return cast.polanco.code


SAMPLES: dict[str, Callable[[Cast], Any]] = {f"guests.{name}:code": _code for name in ("rooms", "ask", "book", "photo")}
