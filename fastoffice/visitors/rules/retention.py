"""How long what is personal is kept, by kind of visit. What remains afterwards is a row that counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastoffice.visitors.rules.visits import AUTHORITY, DELIVERY, INTERVIEW, KINDS

LEAST, MOST = 1, 3_650


@dataclass(frozen=True, slots=True)
class Keeping:
    """Days."""

    photo: int
    data: int


DEFAULT = Keeping(30, 365)
_OWN = {DELIVERY: Keeping(90, 365), INTERVIEW: Keeping(30, 180), AUTHORITY: Keeping(1_825, 1_825)}


def keeping(kind: str, policy: Mapping[str, Any]) -> Keeping:
    """The branch's days for a kind, else the product's."""
    own, default = policy.get(kind) or {}, _OWN.get(kind, DEFAULT)
    return Keeping(_days(own.get("photo_days"), default.photo), _days(own.get("data_days"), default.data))


def all_of(policy: Mapping[str, Any]) -> dict[str, Keeping]:
    """Every kind's days."""
    return {kind: keeping(kind, policy) for kind in KINDS}


def _days(value: Any, default: int) -> int:
    return min(max(value, LEAST), MOST) if isinstance(value, int) else default
