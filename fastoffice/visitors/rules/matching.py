"""Whom a visitor means by what they typed. Whole names only: three letters never find anybody, and nothing is listed.

A company is meant by all the words of its trade or legal name, by two of them, or by a single one of five letters
or more. A person is meant by their whole name or two words of it. What two hosts answer to is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from fastoffice.folding import clean_text, fold

LEAST_LETTERS = 4
WORD_LETTERS = 5  # of a single word that stands for a company of several
LONGEST = 120
_FORMS = frozenset((
    "s", "a", "c", "v", "r", "l", "sa", "cv", "sc", "rl", "srl", "sapi", "sab", "spr", "ac", "ia", "p", "i", "inc",
    "llc", "ltd", "gmbh", "sociedad", "anonima", "capital", "variable",
    "en", "de", "del", "la", "las", "el", "los", "y", "e", "and", "the", "of"))

Found = Literal["found", "ask_company", "none"]


@dataclass(frozen=True, slots=True)
class Person:
    """A contact of a client."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Host:
    """A client that may be visited, by its names and people."""

    client_id: int
    names: tuple[str, ...]
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Whom it is. `label` repeats what was typed, or the host's own name where it was typed whole."""

    state: Found
    client_id: int | None = None
    contact_id: int | None = None
    label: str = ""


NOBODY = Match("none")


def words_of(text: str) -> frozenset[str]:
    """The words that tell one name from another; legal forms and articles do not."""
    folded = fold(text[:LONGEST * 2]).split()
    return frozenset(word for word in folded if word not in _FORMS) or frozenset(folded)


def match(text: str, company: str, hosts: Sequence[Host]) -> Match:
    """The one host that `text` means, told apart by `company` where several answer to it."""
    typed = words_of(text)
    if sum(map(len, typed)) < LEAST_LETTERS:
        return NOBODY
    wanted = words_of(company) if company.strip() else frozenset()
    among = [host for host in hosts if not wanted or _is_company(wanted, host)]
    for level in (_companies, _people_whole, _people_with_company, _companies_in_part, _people_in_part):
        found = level(typed, among)
        if found:
            return _one(found, text)
    return NOBODY


_Hit = tuple[Host, Person | None, bool]  # and whether the name was typed whole


def _companies(typed: frozenset[str], hosts: Iterable[Host]) -> list[_Hit]:
    return [(host, None, True) for host in hosts if any(typed == words_of(name) for name in host.names)]


def _companies_in_part(typed: frozenset[str], hosts: Iterable[Host]) -> list[_Hit]:
    return [(host, None, False) for host in hosts if _is_company(typed, host)]


def _is_company(typed: frozenset[str], host: Host) -> bool:
    whole = any(typed == words_of(name) for name in host.names)
    telling = len(typed) >= 2 or any(len(word) >= WORD_LETTERS for word in typed)
    return whole or (telling and any(typed <= words_of(name) for name in host.names))


def _people_whole(typed: frozenset[str], hosts: Iterable[Host]) -> list[_Hit]:
    return [(host, each, True) for host in hosts for each in host.people if typed == words_of(each.name)]


def _people_with_company(typed: frozenset[str], hosts: Iterable[Host]) -> list[_Hit]:
    """"Juan Pérez Güemes": the person's whole name, the rest are words of the company."""
    found: list[_Hit] = []
    for host in hosts:
        own = frozenset().union(*(words_of(name) for name in host.names))
        for each in host.people:
            name = words_of(each.name)
            if len(name) >= 2 and name < typed and typed - name <= own:
                found.append((host, each, False))
    return found


def _people_in_part(typed: frozenset[str], hosts: Iterable[Host]) -> list[_Hit]:
    if len(typed) < 2:
        return []
    return [(host, each, False) for host in hosts for each in host.people if typed < words_of(each.name)]


def _one(found: list[_Hit], text: str) -> Match:
    clients = {host.client_id for host, _person, _whole in found}
    if len(clients) > 1:
        return Match("ask_company")
    host, person, whole = found[0]
    contact = person.id if person is not None and len(found) == 1 else None
    own = person.name if person is not None else next(
        (name for name in host.names if words_of(name) == words_of(text)), text)
    return Match("found", host.client_id, contact, clean_text(own if whole else text)[:LONGEST])


def is_blocked(name: str, entries: Iterable[str]) -> bool:
    """Whether a typed name may be one of the block list's (folded) names: the words of one stand in the other, in any
    order, at least two of them. Reception decides.
    """
    typed = frozenset(fold(name).split())
    names = [frozenset(entry.split()) for entry in entries if entry]
    return any(each <= typed or (len(typed) >= 2 and typed <= each) for each in names)


def longest_word(text: str) -> str:
    """The word to look for first."""
    return max(words_of(text), key=len, default="")
