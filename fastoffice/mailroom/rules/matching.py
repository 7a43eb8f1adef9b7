"""Whose mail it is by what stands on it. A whole name or nobody: who is not known lies in the unassigned tray."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fastoffice.folding import fold

LONGEST = 200
MOST_PARTS = 4
_FORMS = frozenset((
    "sa", "sadecv", "sab", "sabdecv", "sapi", "sapidecv", "sc", "ac", "iap", "srl", "srldecv", "sderl", "sderldecv",
    "sprderl", "scp", "sl", "slu", "slp", "inc", "llc", "ltd", "corp", "gmbh"))
_FORM_WORDS = 7  # of the longest form, "s de r l de c v"
_BETWEEN = re.compile(r"[/,;|()\n\u2013\u2014]|\s-\s|\b(?:attn|att|atn|atte|at'n|c/o|a la atenci[oó]n de)\b\.?:?",
                      re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """A client by the keys of its names and of its people."""

    client_id: int
    names: frozenset[str]
    people: frozenset[str] = frozenset()


def key(name: str) -> str:
    """A name for comparing: folded, without the legal form at its end ("S.A. de C.V.")."""
    words = fold(name[:LONGEST]).split()
    for count in range(min(_FORM_WORDS, len(words) - 1), 0, -1):
        if "".join(words[-count:]) in _FORMS:
            return " ".join(words[:-count])
    return " ".join(words)


def parts(text: str) -> list[str]:
    """The whole text, then what stands between commas, "att.", "c/o" and the like: "Acme, att. Ana Pérez"."""
    found = [text, *_BETWEEN.split(text[:LONGEST])]
    return list(dict.fromkeys(each.strip() for each in found if len(key(each)) > 1))[:MOST_PARTS + 1]


def longest_words(text: str) -> list[str]:
    """The words to look clients up by: the longest of each part."""
    return list(dict.fromkeys(max(key(part).split(), key=len) for part in parts(text)))


def whose(text: str, known: Sequence[Known]) -> int | None:
    """The one client that `text` names in full; None for nobody, and for more than one."""
    whole = key(text)
    exact = _one({each.client_id for each in known if whole and whole in each.names})
    if exact is not None:
        return exact
    keys = [key(part) for part in parts(text)]
    companies = {each.client_id for each in known if not each.names.isdisjoint(keys)}
    if companies:
        return _one(companies)
    return _one({each.client_id for each in known if not each.people.isdisjoint(_full(keys))})


def _full(keys: Iterable[str]) -> list[str]:
    """Of people only a first and a last name together count."""
    return [each for each in keys if " " in each]


def _one(found: set[int]) -> int | None:
    return found.pop() if len(found) == 1 else None


def is_named(name: str, names: Iterable[str]) -> bool:
    """Whether who takes the mail is one of these people: the same words without accents, in any order."""
    typed = sorted(fold(name).split())
    return bool(typed) and any(typed == sorted(fold(each).split()) for each in names)


def tracking_key(text: str) -> str:
    """A tracking number for comparing: capitals and figures alone."""
    return "".join(char for char in text.upper() if char.isascii() and char.isalnum())[:60]
