"""A message's plain text, laid out as HTML: paragraphs, a box of "Label: value" lines, a button.

The HTML is made of the text alone, escaped; nothing that a stranger or staff typed is markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import css_inline

from fastoffice.documents.templating import monogram, render_html

_FACT = re.compile(r"([^:\n]{2,60}): (\S.*)")
LINKS = ("pay_link", "account_link", "portal_link")  # of ours: the one that stands in the text becomes the button
Line = tuple[tuple[str, bool], ...]  # of (piece, is a link)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of lines, a box of (label, value) pairs, or a button that leads to `url`."""

    kind: Literal["text", "facts", "button"]
    lines: tuple[Line, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    url: str = ""


def blocks(body: str, link: str = "") -> list[Block]:
    """The blocks of a rendered body; our own `link` alone in its paragraph becomes the button."""
    found = []
    for paragraph in re.split(r"\n[ \t]*\n", body.strip()):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        facts = [_FACT.fullmatch(line.strip()) for line in lines]
        if link and paragraph.strip() == link:
            found.append(Block("button", url=link))
        elif len(lines) > 1 and all(facts):
            found.append(Block("facts", facts=tuple((m[1], m[2]) for m in facts if m)))
        elif lines:
            found.append(Block("text", lines=tuple(_pieces(line, link) for line in lines)))
    return found


def _pieces(line: str, own: str) -> Line:
    """The line cut at our own link, the only one that is made one: ((text, False), (link, True), …)."""
    if not own or own not in line:
        return ((line, False),)
    pieces: list[tuple[str, bool]] = []
    for position, text in enumerate(line.split(own)):
        pieces += [(own, True)] * (position > 0) + [(text, False)] * bool(text)
    return tuple(pieces)


@cache
def _inliner() -> css_inline.CSSInliner:
    """One per process: it keeps the parsed options, loads nothing, and leaves the media queries in."""
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


def as_html(subject: str, body: str, values: dict[str, str], language: str) -> str:
    """The HTML part of a mail. `body` is the rendered text, `values` those it was rendered with."""
    opens = next((name for name in LINKS if values.get(name) and values[name] in body), "")
    branch = values.get("branch_name", "")
    context: dict[str, Any] = {
        "subject": subject, "blocks": blocks(body, values.get(opens, "")), "opens": opens,
        "pays": bool(values.get("pay_link")),
        "branch": branch, "phone": values.get("branch_phone", ""), "monogram": monogram(branch or "FastOffice"),
    }
    return _inliner().inline(render_html("emails/layout.html", context, language))
