"""What may become of a piece: a table of states, and how long a slip can be taken back. Pure."""

from __future__ import annotations

from datetime import timedelta

PARCEL, LETTER, COURIER, CALL, MESSAGE = KINDS = ("parcel", "letter", "courier", "call", "message")
PHYSICAL = (PARCEL, LETTER, COURIER)
SPOKEN = (CALL, MESSAGE)
HERE = ("received", "notified", "scanned", "held")
GONE = ("handed_over", "forwarded", "destroyed", "returned", "undone")
FORWARD, SCAN, HOLD, DESTROY = REQUESTS = ("forward", "scan", "hold", "destroy")
BECOMES = {FORWARD: "forwarded", SCAN: "scanned", HOLD: "held", DESTROY: "destroyed"}

UNDO = timedelta(minutes=5)
QUIET = timedelta(minutes=5)  # without a new piece, then the clients of a batch are told
AT_MOST = timedelta(minutes=30)  # after its first piece they are told in any case
PIN_FAILURES = 5
PIN_LOCK = timedelta(minutes=15)

_MOVES: dict[str, frozenset[str]] = {
    "received": frozenset(("notified", "scanned", "held", *GONE)),
    "notified": frozenset(("scanned", "held", *GONE)),
    "scanned": frozenset(("scanned", "held", *GONE)),
    "held": frozenset(("notified", "scanned", "held", *GONE)),
    **{left: frozenset(HERE) for left in ("handed_over", "returned", "forwarded", "destroyed")},
}


def may_become(state: str, wanted: str) -> bool:
    """Whether a piece in `state` may become `wanted`; back from where it went only by an undo."""
    return wanted in _MOVES.get(state, frozenset())
