"""What makes two clients the same, and what a search looks through. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fastoffice.folding import clean_text, fold

GENERIC_TAX_IDS = frozenset(("XAXX010101000", "XEXX010101000"))
"""The public in general and foreigners (SAT): many clients share them, so they identify nobody."""
PLACES = " | "
"""Between a client's own words and the codes of its offices; folded queries never hold it."""


def name_key(legal_name: str) -> str:
    """The name for comparing: no accents, case, punctuation or doubled blanks."""
    return (fold(legal_name) or clean_text(legal_name))[:200]


def own_tax_id(tax_id: str | None) -> str | None:
    """The number that identifies this client alone, or None (no number, or a generic one)."""
    return tax_id if tax_id and tax_id not in GENERIC_TAX_IDS else None


def search_text(words: Iterable[str | None], places: Iterable[str] = ()) -> str:
    """What a search compares with: names, number and addresses, folded, each word once; then office codes."""
    own = _folded(words)
    codes = _folded(places)
    return f"{own}{PLACES}{codes}" if codes else own


def with_places(text: str, places: Iterable[str]) -> str:
    """A search text with these office codes instead of those it had."""
    codes = _folded(places)
    own = text.split(PLACES)[0]
    return f"{own}{PLACES}{codes}" if codes else own


def places_of(text: str) -> str:
    """The office codes within a search text, folded."""
    return text.split(PLACES)[1] if PLACES in text else ""


def search_words(query: str) -> list[str]:
    """The words that must all appear in a search text; at most eight of them."""
    return list(dict.fromkeys(fold(query[:120]).split()))[:8]


def _folded(words: Iterable[str | None]) -> str:
    return " ".join(dict.fromkeys(fold(" ".join(word for word in words if word)).split()))
