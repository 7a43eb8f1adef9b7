"""What comes out of a roster file: plain, picklable records."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fastoffice.contracts.roster.messages import Message

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """Something wrong (or to be looked at) in one cell, one row or, without `row`, the whole sheet.

    `row` counts as the spreadsheet does, from 1. `message_id` is an English msgid, see `messages.Message`.
    """

    row: int | None
    column_letter: str
    header: str
    field: str
    severity: Severity
    message_id: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> Message:
        return Message(self.message_id, self.params)


@dataclass(frozen=True)
class Ignored:
    """A row that is no contract: a total, a signature, a heading. `text` is its first filled cell."""

    row: int
    text: str
    reason_id: str


@dataclass(frozen=True)
class RosterRow:
    """One contract as the file states it. None or "" or () where the file says nothing.

    Prices and deposit are minor units without tax; days are the branch's; `ends_on` is the last day,
    inclusive, None without an end; `channels` is a subset of ("email", "post", "whatsapp").
    """

    number: int
    legal_name: str
    service: str
    starts_on: date
    prompt_price: int
    list_price: int
    ends_on: date | None = None
    trade_name: str = ""
    tax_id: str = ""
    tax_regime: str = ""
    cfdi_use: str = ""
    fiscal_postal_code: str = ""
    contact_name: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    phone_written: str = ""
    office: str = ""
    deposit: int | None = None
    channels: tuple[str, ...] = ()
    meeting_minutes: int | None = None
    group: str = ""
    notes: str = ""


@dataclass
class ParsedRoster:
    """The table of one sheet. `header_row` counts from 1; `mapping` is field -> column index from 0.

    `rows` are the rows without errors; a row with an error is in `problems` alone.
    `unknown_columns` is column letter -> header; `examples` holds up to three values of each column.
    """

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    mapping: dict[str, int]
    rows: list[RosterRow]
    problems: list[Problem]
    ignored: list[Ignored]
    unknown_columns: dict[str, str]
    missing: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    """Sheets that look like such a list too."""
    examples: tuple[tuple[str, ...], ...] = ()

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "warning"]

    @property
    def refused_rows(self) -> list[int]:
        """Numbers of the rows that hold an error, in order."""
        return sorted({problem.row for problem in self.errors if problem.row is not None})


@dataclass(frozen=True)
class Refused:
    """The answer for a file that is no roster at all."""

    message_id: str
    params: Mapping[str, str | int]
