"""The parser's messages in the reader's language."""

from __future__ import annotations

from flask_babel import gettext

from fastoffice.contracts.roster.fields import LABELS
from fastoffice.contracts.roster.messages import Message


def message_text(message: Message) -> str:
    """The message in the language at hand; a field's name among its values is translated too."""
    params = {name: _value(name, value) for name, value in message.params.items()}
    text = gettext(message.msgid)
    return text % params if params else text


def field_label(name: str) -> str:
    """A field's name for people, "" for none."""
    return gettext(LABELS[name]) if name in LABELS else ""


def _value(name: str, value: str | int) -> str | int:
    return field_label(str(value)) if name == "field" and value in LABELS else value
