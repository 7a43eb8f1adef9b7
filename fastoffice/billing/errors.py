"""Named refusals of billing, in the user's words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, Refusal


class NotADraft(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("This document is no longer a draft, so it can't be changed."))


STATES = {
    "draft": _l("draft"), "issued": _l("issued"), "partly_paid": _l("partly paid"), "paid": _l("paid"),
    "cancelled": _l("cancelled"), "written_off": _l("written off"),
}


class CannotBecome(Refusal):
    def __init__(self, number: str, status: str) -> None:
        super().__init__(_l("%(number)s can't be changed this way: its state is “%(status)s”.",
                            number=number or _l("The draft"), status=STATES.get(status, status)))


class AlreadyHeld(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("It is on hold for this already. Release that hold first."), field="kind")


class ChangedMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody else changed this a moment ago. Check what it says now and try again."))


class TotalBelowZero(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The total of the document can't be below zero."), field="amount")


class ReasonMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the reason: it stays in the history."), field="reason")


class HoldNeedsEnd(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Say until which day, today or later."), field="until")


class NoSeries(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The branch has no active series for invoices. Add one in Settings."))


class HasPayments(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(_l("%(number)s has payments. Cancel it with “return the money to credit”.",
                            number=number))


class NothingToPay(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(_l("There is nothing left to pay on %(number)s.", number=number))


class UnknownChannel(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose how it shall travel."), field="channel")


class NothingWaits(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("No charge is waiting: they are on a document already, or were dropped."))
