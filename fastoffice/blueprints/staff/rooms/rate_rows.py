"""Other prices of a room as rows of its form: who pays it, on which days, from when until when, how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from itertools import zip_longest
from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice import money
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.models import ResourceRate
from fastoffice.bookings.rules.rates import MIDNIGHT, WHOLE_WEEK
from fastoffice.bookings.service.room_rates import RateData

FIELDS = ("basis", "name", "days", "from", "until", "price")
BLANK = 2
MOST = 40
BASES: dict[str, Any] = {
    "all": _l("Everybody"), "plan": _l("Clients with the plan"), "group": _l("Clients of the group")}
DAYS: dict[str, Any] = {
    WHOLE_WEEK: _l("Every day"), "01234": _l("Monday to Friday"), "56": _l("Saturday and Sunday"), "0": _l("Monday"),
    "1": _l("Tuesday"), "2": _l("Wednesday"), "3": _l("Thursday"), "4": _l("Friday"), "5": _l("Saturday"),
    "6": _l("Sunday"),
}
Row = dict[str, str]


def values(rates: Sequence[ResourceRate]) -> dict[str, Any]:
    """Rows of a room as the form has them: a list for each field."""
    rows = [{"basis": row.basis, "name": row.name, "days": row.weekdays, **_hours(row), "price": money.plain(row.rate)}
            for row in rates]
    return {f"rate_{name}[]": [row[name] for row in rows] for name in FIELDS}


def _hours(row: ResourceRate) -> Row:
    if row.until_minute - row.from_minute == MIDNIGHT and not row.from_minute:
        return {"from": "", "until": ""}
    return {"from": _clock(row.from_minute), "until": _clock(row.until_minute % MIDNIGHT)}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _typed(form: Typed) -> list[Row]:
    columns = [form.several(f"rate_{name}")[:MOST] for name in FIELDS]
    return [dict(zip(FIELDS, map(str, row), strict=True)) for row in zip_longest(*columns, fillvalue="")]


def shown(form: Typed) -> list[Row]:
    """The rows that say something, and empty ones to add more."""
    return [row for row in _typed(form) if row["basis"]] + [dict.fromkeys(FIELDS, "")] * BLANK


def read(form: Typed) -> tuple[RateData, ...]:
    """The prices as the service takes them; what cannot be read is noted on the form. A row of nobody is none."""
    found = [_read(form, row) for row in _typed(form) if row["basis"]]
    return tuple(row for row in found if row is not None)


def _read(form: Typed, row: Row) -> RateData | None:
    try:
        rate = money.parse_amount(row["price"])
        begin, end = _minute(row["from"], 0), _minute(row["until"], MIDNIGHT)
    except ValueError:
        form.errors["rates"] = _l("Each of the other prices needs an amount such as 250.00, and hours like 18:00.")
        return None
    days = row["days"] if row["days"] in DAYS or set(row["days"]) <= set(WHOLE_WEEK) else ""
    name = "" if row["basis"] == "all" else row["name"].strip()[:200]
    return RateData(row["basis"], name, rate, days, begin, end if end > begin else end + MIDNIGHT)


def _minute(text: str, empty: int) -> int:
    if not text.strip():
        return empty
    hour = time.fromisoformat(text.strip()[:5])
    return hour.hour * 60 + hour.minute
