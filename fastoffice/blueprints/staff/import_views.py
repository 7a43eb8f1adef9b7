"""What the import's pages show: texts and rows in the reader's language. Reads nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from fastoffice import locale, money
from fastoffice.contracts.roster.fields import FIELDS, REQUIRED
from fastoffice.contracts.roster.plan import Change, RowPlan, Value
from fastoffice.contracts.roster.records import Ignored, ParsedRoster, Problem
from fastoffice.contracts.roster.text import column_letter
from fastoffice.contracts.service.roster import RosterPreview
from fastoffice.contracts.service.roster.texts import field_label, message_text

PER_PAGE = 50
TABS = ("problems", "created", "changed", "unchanged", "ignored")
MONEY = ("prompt_price", "list_price", "deposit")


@dataclass(frozen=True)
class PreviewPage:
    """One tab of a preview, one page of it."""

    show: str
    counts: dict[str, int]
    rows: Sequence[RowPlan | Problem | Ignored]
    first: int
    last: int
    total: int
    number: int
    prompt_total: int
    list_total: int

    @property
    def has_next(self) -> bool:
        return self.last < self.total


def preview_page(preview: RosterPreview, show: str | None, number: int | None) -> PreviewPage:
    """The asked tab, or the first that has something to say."""
    tabs: dict[str, Sequence[Any]] = {
        "problems": preview.problems,
        "created": preview.plan.with_action("created"),
        "changed": preview.plan.with_action("changed"),
        "unchanged": preview.plan.with_action("unchanged"),
        "ignored": preview.parsed.ignored,
    }
    chosen = show if show in tabs else _telling_tab(preview, tabs)
    rows = tabs[chosen]
    number = min(max(number or 1, 1), max(1, -(-len(rows) // PER_PAGE)))
    start = (number - 1) * PER_PAGE
    shown = rows[start : start + PER_PAGE]
    importable = [plan for plan in preview.plan.rows if plan.action != "refused"]
    return PreviewPage(
        chosen,
        {name: len(found) for name, found in tabs.items()},
        shown,
        start + 1 if shown else 0,
        start + len(shown),
        len(rows),
        number,
        sum(plan.row.prompt_price for plan in importable),
        sum(plan.row.list_price for plan in importable),
    )


def _telling_tab(preview: RosterPreview, tabs: Mapping[str, Sequence[Any]]) -> str:
    if not preview.can_apply:
        return "problems"
    return next((name for name in ("created", "changed", "unchanged") if tabs[name]), "problems")


def tab_label(name: str) -> str:
    """What a tab is called."""
    return {
        "problems": _("To look at"),
        "created": _("New"),
        "changed": _("Changed"),
        "unchanged": _("Unchanged"),
        "ignored": _("Left out"),
    }[name]


def change_label(change: Change) -> str:
    """The changed field's name."""
    names = {"meeting_minutes": field_label("meeting_hours"), "archived": _("In the archive")}
    return names.get(change.field) or field_label(change.field)


def change_value(change: Change, value: Value, currency: str) -> str:
    """One side of a change, as people read it; "—" for nothing."""
    if value in (None, "", ()):
        return "—"
    if change.field == "archived":
        return _("yes") if value == "yes" else _("no")
    if change.field in MONEY and isinstance(value, int):
        return money.display(value, currency)
    if change.field == "meeting_minutes" and isinstance(value, int):
        return hours(value)
    if isinstance(value, date):
        return locale.date_short(value)
    if isinstance(value, tuple):
        return ", ".join(channel_name(item) for item in value)
    return str(value)


def hours(minutes: int) -> str:
    """240 -> "4 h", 150 -> "2:30 h"."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}:{rest:02d} h" if rest else f"{whole} h"


def channel_name(code: str) -> str:
    """A delivery channel in words; any other text as it is."""
    return {"email": _("e-mail"), "post": _("post"), "whatsapp": "WhatsApp"}.get(code, code)


def problem_text(problem: Problem) -> str:
    """Why."""
    return message_text(problem.message)


def corrections_of(parsed: ParsedRoster, form: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """(header or "#D" -> field for the columns that were read otherwise, a field chosen twice or None)."""
    chosen = {
        index: form.get(f"column-{index}", "")
        for index in range(len(parsed.headers))
        if f"column-{index}" in form
    }
    taken = [name for name in chosen.values() if name in FIELDS]
    twice = next((name for name in taken if taken.count(name) > 1), None)
    now = {column: name for name, column in parsed.mapping.items()}
    corrections = {
        _header_key(parsed, index): name if name in FIELDS else ""
        for index, name in chosen.items()
        if name != now.get(index, "")
    }
    return corrections, field_label(twice) if twice else None


def _header_key(parsed: ParsedRoster, index: int) -> str:
    """A column is known by its header, by its letter when the header is empty or not the only one."""
    header = parsed.headers[index]
    alone = header and parsed.headers.count(header) == 1
    return header if alone else f"#{column_letter(index)}"


def column_rows(parsed: ParsedRoster, typed: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The sheet's columns for the page of corrections."""
    now = {column: name for name, column in parsed.mapping.items()}
    rows = []
    for index, header in enumerate(parsed.headers):
        examples = parsed.examples[index] if index < len(parsed.examples) else ()
        if header or examples:
            name = f"column-{index}"
            chosen = (typed or {}).get(name, now.get(index, ""))
            rows.append(
                {
                    "name": name,
                    "letter": column_letter(index),
                    "header": header,
                    "examples": examples,
                    "field": chosen,
                }
            )
    return rows


def field_choices() -> list[tuple[str, str]]:
    """Fields for a select, the needed ones marked."""
    return [(name, field_label(name) + (" *" if name in REQUIRED else "")) for name in FIELDS]


def sheet_choices(parsed: ParsedRoster) -> list[tuple[str, str]]:
    """The sheets that hold a contracts list, the one that was read first."""
    return [(name, name) for name in (parsed.sheet, *parsed.other_sheets)]


def months_from(first: date, count: int) -> list[date]:
    """First days of `count` months, `first` being one."""
    months = [first]
    while len(months) < count:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return months
