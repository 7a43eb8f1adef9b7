"""What changed since last month, in words: sentences for the draft's page, a few words for a list's pill.

`changes` are those that rules.drafts finds and service.adjusting adds; amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import money

Change = Mapping[str, Any]
SHORT = 18  # characters of a service's name that a pill has room for


def change_sentences(changes: Iterable[Change], currency: str = "MXN") -> list[str]:
    """One sentence per change, in the reader's language: "Oficina 402: $8,460.00 → $8,900.00"."""
    return [text for text in (change_sentence(change, currency) for change in changes) if text]


def change_sentence(change: Change, currency: str = "MXN") -> str:
    """The sentence of one change; "" for a kind that is not known (a newer release wrote it)."""
    write = _SENTENCES.get(str(change.get("kind")))
    return write(_Words(change, currency)) if write else ""


def change_label(change: Change, currency: str = "MXN") -> str:
    """A few words for a pill: "+$812 Sala de juntas", "new price"."""
    kind = str(change.get("kind"))
    if kind in ("charge", "added"):
        words = _Words(change, currency)
        return f"{words.signed} {words.short_line}"
    return str(_LABELS.get(kind, ""))


class _Words:
    """The values of a change as text."""

    def __init__(self, change: Change, currency: str) -> None:
        self._change, self._currency = change, currency

    @property
    def line(self) -> str:
        return str(self._change.get("line") or "") or _("Service")

    @property
    def short_line(self) -> str:
        return self.line if len(self.line) <= SHORT else self.line[:SHORT - 1].rstrip() + "…"

    @property
    def before(self) -> str:
        return money.display(int(self._change.get("from") or 0), self._currency)

    @property
    def after(self) -> str:
        return money.display(int(self._change.get("to") or 0), self._currency)

    @property
    def days(self) -> dict[str, int]:
        return {"days": int(self._change.get("days") or 0), "of": int(self._change.get("of") or 0)}

    @property
    def signed(self) -> str:
        """"+$812", "−$90.50": whole amounts without their cents."""
        amount = int(self._change.get("to") or 0)
        text = money.display(abs(amount), self._currency).replace(".00", "")
        return f"{'+' if amount >= 0 else '−'}{text}"

    @property
    def repriced(self) -> bool:
        return self._change.get("from") != self._change.get("to")


def _adjusted(words: _Words) -> str:
    if not words.repriced:
        return _("%(line)s: adjusted by hand", line=words.line)
    return _("%(line)s: adjusted by hand, %(before)s → %(after)s", line=words.line, before=words.before,
             after=words.after)


_SENTENCES: dict[str, Callable[[_Words], str]] = {
    "new_contract": lambda _words: _("New contract: it was not billed last month"),
    "price": lambda words: _("%(line)s: %(before)s → %(after)s", line=words.line, before=words.before,
                             after=words.after),
    "list_price": lambda words: _("%(line)s: list price %(before)s → %(after)s", line=words.line,
                                  before=words.before, after=words.after),
    "line_new": lambda words: _("New service: %(line)s, %(after)s", line=words.line, after=words.after),
    "line_gone": lambda words: _("A service of %(before)s is no longer billed", before=words.before),
    "prorated": lambda words: _("%(line)s: pro-rated, %(days)d of %(of)d days", line=words.line, **words.days),
    "charge": lambda words: _("Charge: %(line)s, %(after)s", line=words.line, after=words.after),
    "adjusted": _adjusted,
    "added": lambda words: _("Added by hand: %(line)s, %(after)s", line=words.line, after=words.after),
    "removed": lambda words: _("Taken off by hand: %(line)s, %(before)s", line=words.line, before=words.before),
}

_LABELS: dict[str, Any] = {
    "new_contract": _l("new contract"), "price": _l("new price"), "list_price": _l("new list price"),
    "line_new": _l("new service"), "line_gone": _l("one service less"), "prorated": _l("pro-rated"),
    "adjusted": _l("adjusted"), "removed": _l("line taken off"),
}
