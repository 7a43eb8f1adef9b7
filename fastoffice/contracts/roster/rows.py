"""One row to one `RosterRow`, or to the problems that keep it from being one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastoffice.contracts.roster.fields import REQUIRED
from fastoffice.contracts.roster.messages import N_, BadValue, shown
from fastoffice.contracts.roster.records import Problem, RosterRow, Severity
from fastoffice.contracts.roster.text import Cell, column_letter, is_blank
from fastoffice.contracts.roster.values.amounts import parse_minutes, parse_money
from fastoffice.contracts.roster.values.dates import parse_date, parse_end
from fastoffice.contracts.roster.values.people import (
    Phone,
    parse_cfdi_use,
    parse_emails,
    parse_phone,
    parse_postal_code,
    parse_regime,
    parse_tax_id,
)
from fastoffice.contracts.roster.values.words import parse_channels, parse_note, text_up_to

MISSING = N_("This cell may not be empty.")
MISSING_FORMULA = N_("This cell is empty or a formula without its result: save the file in Excel once.")
ENDS_BEFORE_START = N_("The contract ends (%(end)s) before it starts (%(start)s).")
LIST_BELOW_PROMPT = N_("The list price is lower than the prompt price.")
NO_LIST_PRICE = N_("There is no list price: the prompt price stands for both.")
PRICE_ZERO = N_("The price is zero.")
PHONE_KEPT = N_("“%(text)s” cannot be dialled as it is written; it is kept as text.")

PARSERS: dict[str, Callable[[Cell], Any]] = {
    "legal_name": text_up_to(200),
    "trade_name": text_up_to(200),
    "tax_id": parse_tax_id,
    "tax_regime": parse_regime,
    "cfdi_use": parse_cfdi_use,
    "fiscal_postal_code": parse_postal_code,
    "contact_name": text_up_to(120),
    "emails": parse_emails,
    "phone": parse_phone,
    "service": text_up_to(200),
    "office": text_up_to(20),
    "starts_on": parse_date,
    "ends_on": parse_end,
    "prompt_price": parse_money,
    "list_price": parse_money,
    "deposit": parse_money,
    "channels": parse_channels,
    "meeting_hours": parse_minutes,
    "group": text_up_to(80),
    "notes": parse_note,
}


@dataclass
class RowReader:
    """Reads rows under one header. `uncomputed`: the file has formulas without results."""

    headers: tuple[str, ...]
    mapping: dict[str, int]
    currency: str = "MXN"
    uncomputed: bool = False
    problems: list[Problem] = field(default_factory=list)

    def read(self, number: int, cells: list[Cell]) -> RosterRow | None:
        """The row, or None when it has an error; problems are added either way."""
        before = len(self.problems)
        values = {name: self._value(number, name, cells[column]) for name, column in self.mapping.items()}
        values = {name: value for name, value in values.items() if value not in (None, "")}
        self._check(number, values)
        if any(problem.severity == "error" for problem in self.problems[before:]):
            return None
        return _row(number, values)

    def add(
        self, number: int | None, name: str, severity: Severity, message_id: str, **params: str | int
    ) -> None:
        """Note a problem at the field's column (none when the file has no such column)."""
        column = self.mapping.get(name)
        letter = column_letter(column) if column is not None else ""
        header = self.headers[column] if column is not None else ""
        self.problems.append(Problem(number, letter, header, name, severity, message_id, params))

    def _value(self, number: int, name: str, cell: Cell) -> Any:
        if is_blank(cell):
            return None
        try:
            if name in ("prompt_price", "list_price", "deposit"):
                return parse_money(cell, self.currency)
            return PARSERS[name](cell)
        except BadValue as error:
            self.add(number, name, "error", error.message.msgid, **error.message.params)
            return None

    def _check(self, number: int, values: dict[str, Any]) -> None:
        """What a row must have, and what its cells mean together."""
        wrong = {problem.field for problem in self.problems if problem.row == number}
        for name in REQUIRED:
            if name not in values and name not in wrong:
                self.add(number, name, "error", MISSING_FORMULA if self.uncomputed else MISSING)
        self._check_days(number, values)
        self._check_prices(number, values, wrong)
        phone = values.get("phone")
        if isinstance(phone, Phone) and not phone.e164:
            self.add(number, "phone", "warning", PHONE_KEPT, text=shown(phone.written))

    def _check_days(self, number: int, values: dict[str, Any]) -> None:
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            said = {"start": f"{start:%d/%m/%Y}", "end": f"{end:%d/%m/%Y}"}
            self.add(number, "ends_on", "error", ENDS_BEFORE_START, **said)

    def _check_prices(self, number: int, values: dict[str, Any], wrong: set[str]) -> None:
        prompt, list_price = values.get("prompt_price"), values.get("list_price")
        if prompt is None:
            return
        if prompt == 0:
            self.add(number, "prompt_price", "warning", PRICE_ZERO)
        if list_price is None and "list_price" not in wrong and "list_price" in self.mapping:
            self.add(number, "list_price", "warning", NO_LIST_PRICE)
        elif list_price is not None and list_price < prompt:
            self.add(number, "list_price", "warning", LIST_BELOW_PROMPT)


def _row(number: int, values: dict[str, Any]) -> RosterRow:
    values.setdefault("list_price", values["prompt_price"])
    phone = values.pop("phone", Phone("", ""))
    minutes = values.pop("meeting_hours", None)
    return RosterRow(number, phone=phone.e164, phone_written=phone.written, meeting_minutes=minutes, **values)
