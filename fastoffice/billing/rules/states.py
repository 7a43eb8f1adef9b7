"""The life of an invoice as a table of allowed transitions."""

from __future__ import annotations

TRANSITIONS: dict[str, frozenset[str]] = {
    "draft": frozenset({"issued"}),
    "issued": frozenset({"partly_paid", "paid", "cancelled", "written_off"}),
    "partly_paid": frozenset({"issued", "paid", "cancelled", "written_off"}),
    "paid": frozenset({"issued", "partly_paid", "cancelled"}),
    "cancelled": frozenset(),
    "written_off": frozenset({"cancelled"}),
}
OPEN = frozenset({"issued", "partly_paid"})


def may_become(status: str, target: str) -> bool:
    """Whether an invoice may go from `status` to `target`."""
    return target in TRANSITIONS[status]
