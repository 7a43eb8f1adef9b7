"""Forms whose fields are not known beforehand (contacts, services): what was typed, read and checked by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from fastoffice.clock import is_of_our_time
from fastoffice.errors import Refusal
from fastoffice.money import AmountError, parse_amount
from fastoffice.sent import whole

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Typed:
    """Values by field as text, and what is wrong with them. Falsy reading methods note their own errors."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})
        self.errors: dict[str, Any] = {}
        self.notes: list[Any] = []

    @classmethod
    def sent(cls) -> Typed:
        """The form of this request; several values of one name stay a list under "name[]"."""
        typed = cls(dict(request.form.items()))
        for name in request.form:
            typed.values[f"{name}[]"] = request.form.getlist(name)
        return typed

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name, "")

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(self.values.get(f"{name}[]", ()))

    def on(self, name: str) -> bool:
        return bool(self.text(name))

    def number(self, name: str) -> int:
        """A whole number that we wrote ourselves (an id, a version): 0 for anything else."""
        return whole(self.text(name), 0)

    def day(self, name: str, *, required: bool = True) -> date | None:
        """ISO as browsers send it, or d/m/Y as people write it."""
        text = self.text(name).strip()
        if not text:
            if required:
                self.errors[name] = _l("Choose a day.")
            return None
        try:
            found = _DAY.fullmatch(text)
            day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
        except ValueError:
            self.errors[name] = _l("Write the day as day/month/year, for example 31/12/2026.")
            return None
        if not is_of_our_time(day):
            self.errors[name] = _l("Check the year.")
            return None
        return day

    def money(self, name: str, *, required: bool = True) -> int:
        """Minor units; 0 for nothing typed in a field that may stay empty."""
        text = self.text(name).strip()
        if not text and not required:
            return 0
        try:
            return parse_amount(text)
        except AmountError:
            self.errors[name] = _l("Write an amount such as 4,060.00.")
            return 0

    def refuse(self, refusal: Refusal, **aliases: str) -> None:
        """Put a refusal beside its field (`aliases`: the service's name -> ours), or on top."""
        errors = getattr(refusal, "errors", None) or ({refusal.field: refusal.message} if refusal.field else {})
        if not errors:
            self.notes.append(refusal.message)
        for name, message in errors.items():
            self.errors[aliases.get(name, name)] = message
