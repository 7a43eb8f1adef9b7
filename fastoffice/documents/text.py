"""Text that strangers typed, made fit for paper: no control, direction or invisible characters."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls; tab and line feed stay
    "\u00ad\u061c\u180e"  # soft hyphen, Arabic letter mark, Mongolian separator
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero-width, direction marks and overrides
    "\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"  # specials, tags, invisible selectors
    "\ud800-\udfff"  # half characters, which no encoder takes
    "]"
)
_BREAKS = re.compile("\r\n?|[\u2028\u2029]")


def printable(text: str) -> str:
    """``text`` without the characters that show nothing but change what is read.

    Line ends become "\\n". Letters of every script stay, right-to-left ones too: they are isolated by the
    layout, not removed.
    """
    return _UNPRINTABLE.sub("", _BREAKS.sub("\n", text))
