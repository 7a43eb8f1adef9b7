"""Refusals that people can act on. Messages are lazy gettext strings in the user's words."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # a "no" with a reason, not a fault of ours
    """A rule says no. `message` is shown to the user, beside `field` when there is one."""

    def __init__(self, message: Any, *, field: str | None = None, **details: Any) -> None:
        super().__init__(str(type(self).__name__))
        self.message = message
        self.field = field
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class NotFound(Refusal):
    """There is no such thing, or it belongs to somebody else: both answer 404."""


class Conflict(Refusal):
    """Somebody changed it first; nothing was written."""
