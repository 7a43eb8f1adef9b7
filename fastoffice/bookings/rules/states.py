"""What a booking can become, and which states keep the room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice.bookings.errors import NoLongerPossible

HELD, PENDING, CONFIRMED, CHECKED_IN = "held", "pending", "confirmed", "checked_in"
DONE, CANCELLED, NO_SHOW, RELEASED = "done", "cancelled", "no_show", "released"
STATES = (HELD, PENDING, CONFIRMED, CHECKED_IN, DONE, CANCELLED, NO_SHOW, RELEASED)
ACTIVE = (HELD, PENDING, CONFIRMED, CHECKED_IN)
AGREED = (CONFIRMED, CHECKED_IN, DONE, NO_SHOW)  # cost money; what waits for approval has taken its hours alone

TRANSITIONS: dict[str, frozenset[str]] = {
    HELD: frozenset({PENDING, CONFIRMED, RELEASED, CANCELLED}),
    PENDING: frozenset({CONFIRMED, CANCELLED}),
    CONFIRMED: frozenset({CHECKED_IN, CANCELLED, NO_SHOW, DONE}),
    CHECKED_IN: frozenset({DONE}),
    NO_SHOW: frozenset({CHECKED_IN}),
    DONE: frozenset(), CANCELLED: frozenset(), RELEASED: frozenset(),
}
REASONS = {
    CHECKED_IN: _l("Somebody is in it already."),
    DONE: _l("It is over."),
    CANCELLED: _l("It is cancelled."),
    NO_SHOW: _l("It was released because nobody came."),
    RELEASED: _l("Its hold ran out."),
    PENDING: _l("It waits for approval."),
    HELD: _l("It is held, not yet confirmed."),
}


def check_step(state: str, wanted: str) -> None:
    """Raises NoLongerPossible when a booking in `state` cannot become `wanted`."""
    if wanted not in TRANSITIONS[state]:
        raise NoLongerPossible(REASONS.get(state, _l("It can no longer be done.")))
