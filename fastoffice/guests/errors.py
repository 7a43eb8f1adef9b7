"""Why a guest cannot have a room, in their words; each says what to do instead."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice.errors import NotFound, Refusal


class GuestRefused(Refusal):
    """What a guest asks cannot be had here."""


class NotOnline(GuestRefused):
    def __init__(self) -> None:
        super().__init__(_l("This room cannot be paid online now. Call the reception, they book it for you."))


class TooManyHolds(GuestRefused):
    def __init__(self) -> None:
        super().__init__(_l("You are already paying for other rooms. Pay one of them first, or call the reception."))


class HoldOver(GuestRefused):
    def __init__(self) -> None:
        super().__init__(_l("The time to pay is over and the room is free again. Nothing was charged; choose it anew."))


class RefundChanged(GuestRefused):
    """The minute passed at which cancelling was free."""

    def __init__(self) -> None:
        super().__init__(_l("What goes back has changed meanwhile. Look at it again."))


class LinkOver(NotFound):
    """The private address, or this browser's memory of it, opens nothing any more."""
