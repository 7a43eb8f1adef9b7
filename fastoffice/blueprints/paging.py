"""Pages of lists: which one is asked for, and the addresses of its neighbours and filters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask import current_app, request, url_for

from fastoffice.clock import is_of_our_time
from fastoffice.sent import whole

LAST_PAGE = 10_000


def page_number() -> int:
    """`?page=`, at least 1; anything odd is the first."""
    return page_in(request.args)


def page_in(arguments: Mapping[str, str]) -> int:
    """The page that these parameters of an address ask for, from 1 to LAST_PAGE."""
    return min(max(whole(arguments.get("page", ""), 1), 1), LAST_PAGE)


def day_of(name: str) -> date | None:
    """A day of the address ("2026-12-31") of our time; anything odd is none."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if is_of_our_time(day) else None


def one_of(name: str, values: Collection[str], default: str) -> str:
    """A parameter that has one of these values, else the default."""
    value = request.args.get(name, default)
    return value if value in values else default


def address(endpoint: str, **values: Any) -> str:
    """The address without parameters that say nothing."""
    return url_for(endpoint, **{key: value for key, value in values.items() if value not in ("", None)})


def neighbours(page: Any, endpoint: str, **values: Any) -> dict[str, Any]:
    """previous_url and next_url of a page that has `number` and `has_next`."""
    before = address(endpoint, **values, page=page.number - 1 if page.number > 2 else None)
    return {
        "previous_url": before if page.number > 1 else None,
        "next_url": address(endpoint, **values, page=page.number + 1) if page.has_next else None,
    }


def url_if(endpoint: str, **values: Any) -> str | None:
    """The address of a page where this installation has it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
