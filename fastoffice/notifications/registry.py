"""What the outbox must ask others just before it speaks. Capabilities register; this leaf only calls back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastoffice.documents.contexts import Issuer

StillTrue = Callable[[list[int]], set[int]]  # notice ids -> those that still hold
Values = Callable[[list[int]], dict[int, dict[str, str]]]  # notice ids -> placeholders as of now
DEFAULT_MAILS_PER_MINUTE = 120


@dataclass(slots=True)
class _Kind:
    still_true: StillTrue | None = None
    values: Values | None = None


_kinds: dict[str, _Kind] = {}


def register(kind: str, *, still_true: StillTrue | None = None, values: Values | None = None) -> None:
    """Attach callbacks to a kind of notice; both get notice ids and answer in a constant number of statements.

    `still_true`: what no longer holds when its turn comes is cancelled, not sent (a reminder of a paid
    invoice). `values` override the notice's stored placeholders when the message is made (a link whose
    secret is not stored).
    """
    _kinds[kind] = _Kind(still_true, values)


def checked_kinds() -> list[str]:
    """The kinds of notice that can stop being true."""
    return [kind for kind, registered in _kinds.items() if registered.still_true]


def still_true(kind: str, notice_ids: list[int]) -> set[int]:
    """Those of `notice_ids` that still hold; all of them when nobody registered a check."""
    check = _kinds.get(kind, _Kind()).still_true
    return check(notice_ids) if check else set(notice_ids)


def values(kind: str, notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """Placeholders as of now, by notice id."""
    read = _kinds.get(kind, _Kind()).values
    return read(notice_ids) if read else {}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who signs a branch's cover sheets, and whose calendar dates them."""

    issuer: Issuer
    timezone: str
    currency: str = "MXN"


def _default_limits(branch_ids: list[int]) -> dict[int, int]:
    return dict.fromkeys(branch_ids, DEFAULT_MAILS_PER_MINUTE)


def _no_letterhead(branch_id: int) -> Letterhead:
    raise LookupError(f"nobody registered who signs the papers of branch {branch_id}")


@dataclass(slots=True)
class Branches:
    """What the branches answer: how many mails a minute each allows, and its letterhead."""

    mails_per_minute: Callable[[list[int]], dict[int, int]] = _default_limits
    letterhead: Callable[[int], Letterhead] = _no_letterhead


branches = Branches()
