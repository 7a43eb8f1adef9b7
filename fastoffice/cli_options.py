"""What the commands share: the clock's option, JSON answers, and how a moment is read."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click
from flask import current_app

from fastoffice import clock
from fastoffice.config import Settings

at_option = click.option(
    "--at", "at", metavar="MOMENT", help="Set the clock: ISO 8601, with offset or in the branch's time."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def resolve_at(text: str | None, zone: str) -> datetime | None:
    """`--at` as a moment in UTC, None when it was not given. Without an offset it is wall time in `zone`.

    Raises click.UsageError for text that is no moment, and always in production.
    """
    if text is None:
        return None
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_production:
        raise click.UsageError("--at is refused in production: the clock is not ours to set there")
    try:
        return clock.parse_moment(text, zone)
    except ValueError as error:
        raise click.UsageError(f"--at: “{text}” is not a moment like 2026-12-06T00:00") from error


def has_offset(text: str) -> bool:
    """Whether a moment names its offset. Raises click.UsageError when it is no moment."""
    try:
        return datetime.fromisoformat(text.strip()).tzinfo is not None
    except ValueError as error:
        raise click.UsageError(f"--at: “{text}” is not a moment like 2026-12-06T00:00") from error


def print_json(answer: dict[str, Any]) -> None:
    """Print one JSON object; dates and moments as ISO 8601."""
    click.echo(json.dumps(answer, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a JSON answer")
