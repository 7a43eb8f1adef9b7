"""Messages are text with fixed words in single braces. No format language, no attributes, no code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Refusal

_BRACES = re.compile(r"\{+[^{}]*\}+")


class UnknownPlaceholder(Refusal):
    """The text has something in braces that is no placeholder of this message."""

    def __init__(self, found: str, field: str | None = None) -> None:
        super().__init__(_l("Unknown placeholder %(found)s", found=found[:60]), field=field, found=found[:60])


def check(text: str, allowed: Mapping[str, object] | frozenset[str], field: str | None = None) -> None:
    """Raises UnknownPlaceholder, naming the first one, unless every pair of braces holds an allowed word."""
    for match in _BRACES.finditer(text):
        if match[0][1:-1] not in allowed:
            raise UnknownPlaceholder(match[0], field)


def render(template: str, values: Mapping[str, str]) -> str:
    """Put the values in. What a value contains is text, also when it looks like a placeholder.

    Raises UnknownPlaceholder for anything in braces that `values` has no word for.
    """

    def value(match: re.Match[str]) -> str:
        name = match[0][1:-1]
        if name not in values:
            raise UnknownPlaceholder(match[0])
        return str(values[name])

    return _BRACES.sub(value, template)


def render_body(template: str, values: Mapping[str, str]) -> str:
    """Like `render`, for a text of paragraphs: a line whose words all turn out empty is left out ("Bank: ")."""
    lines = []
    for line in template.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        names = [match[0][1:-1] for match in _BRACES.finditer(line)]
        if names and not any(values.get(name, "?").strip() for name in names):
            continue
        lines.append(render(line, values).rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
