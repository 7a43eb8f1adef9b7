"""Why a booking cannot be made or changed; each says what can be done instead."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, Refusal


class BookingRefused(Refusal):
    """A rule of the resource, the branch or the calendar says no."""


class SlotTaken(BookingRefused):
    """Somebody has it. `alternatives` are free: list of `queries.free.Offer`."""

    def __init__(self, alternatives: Any = ()) -> None:
        super().__init__(_l("Just taken. Choose another time or room."), field="starts")
        self.alternatives = list(alternatives)


class PriceChanged(BookingRefused):
    """The price shown is no longer the price; `quote` has the new one."""

    def __init__(self, quote: Any) -> None:
        super().__init__(_l("The price changed since you looked. Check it and confirm again."))
        self.quote = quote


class SeriesConflicts(BookingRefused):
    """Some dates of a series cannot be had; `occurrences` are those dates."""

    def __init__(self, occurrences: Any) -> None:
        super().__init__(_l("Some dates are not free. Choose what to do with each."))
        self.occurrences = list(occurrences)


class NoLongerPossible(BookingRefused):
    """The booking's state or time does not allow this any more."""


class StaleBooking(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody changed this booking meanwhile. Look at it again."))
