"""What makes two clients the same, and what a search looks through. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fastoffice.folding import clean_text, fold

GENERIC_TAX_IDS = frozenset(("XAXX010101000", "XEXX010101000"))
"""The public in general and foreigners (SAT): many clients share them, so they identify nobody."""


def name_key(legal_name: str) -> str:
    """The name for comparing: no accents, case, punctuation or doubled blanks."""
    return (fold(legal_name) or clean_text(legal_name))[:200]


def own_tax_id(tax_id: str | None) -> str | None:
    """The number that identifies this client alone, or None (no number, or a generic one)."""
    return tax_id if tax_id and tax_id not in GENERIC_TAX_IDS else None


def search_text(words: Iterable[str | None]) -> str:
    """What a search compares with: names, number and addresses, folded, each word once."""
    return " ".join(dict.fromkeys(fold(" ".join(word for word in words if word)).split()))
