"""Messages that travel: an English msgid with named placeholders, translated where a person reads them.

The parser runs in a limited child that knows no language; the web process or the command turns a `Message`
into the reader's words with `gettext(message.msgid) % message.params`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SHOWN = 60


def N_(msgid: str) -> str:  # noqa: N802 - the name that the extractor of messages knows
    """Mark `msgid` for translation later."""
    return msgid


def shown(value: object) -> str:
    """A cell's content as it may stand inside a message: at most 60 characters."""
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@dataclass(frozen=True)
class Message:
    """`msgid` in English with %(name)s placeholders, and the values that go there."""

    msgid: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid


class Unusable(Exception):
    """Something in the file cannot be used; `message` says why. Survives pickling."""

    def __init__(self, msgid: str, **params: str | int) -> None:
        super().__init__(msgid, params)
        self.message = Message(msgid, params)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message.msgid, dict(self.message.params))

    def __str__(self) -> str:
        return str(self.message)


class FileRefused(Unusable):
    """The whole file is refused: not a spreadsheet, too big, dangerous, or without a table."""


class BadValue(Unusable):
    """One cell does not hold what its column needs."""


def _rebuild(kind: type[Unusable], msgid: str, params: dict[str, str | int]) -> Unusable:
    return kind(msgid, **params)
