"""Text for people and text for comparing: cleaning what was typed or pasted, and folding it."""

from __future__ import annotations

import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs"}


def clean_text(raw: str) -> str:
    """One line without control, zero-width or direction characters; blanks joined; accents composed."""
    spaced = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", raw))
    visible = "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def fold(text: str) -> str:
    """For comparing words: no accents, case or punctuation, single blanks ("R.F.C." -> "r f c")."""
    plain = unicodedata.normalize("NFKD", clean_text(text)).casefold()
    letters = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(letters).split())
