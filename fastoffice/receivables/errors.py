"""Named refusals of what clients ask, in the reader's words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, NotFound, Refusal


class NoSuchRequest(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such request."))


class NotTheirs(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such document."))


class NothingOpen(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("This document asks for no money any more, so there is nothing to change about it."))


class MessageMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Tell us in a few words what it is about."), field="message")


class MessageTooLong(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(_l("Use at most %(most)s characters.", most=most), field="message")


class AskedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("You have asked this already and we are looking at it. You see it under “My requests”."))


class TooManyOpen(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(_l("You have %(most)s requests that we are still looking at. Please wait for our answer, "
                            "or call us.", most=most))


class WrongNumberOfParts(Refusal):
    def __init__(self, least: int, most: int) -> None:
        super().__init__(_l("Propose from %(least)s to %(most)s payments.", least=least, most=most), field="parts")


class PartEmpty(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Each payment needs a day and an amount greater than zero."), field="parts")


class DaysOutOfOrder(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the days in order, each later than the one before and none before today."),
                         field="parts")


class TooFarAway(Refusal):
    def __init__(self, day: str) -> None:
        super().__init__(_l("The last payment can be on %(day)s at the latest.", day=day), field="parts")


class DoesNotAddUp(Refusal):
    def __init__(self, total: str, balance: str) -> None:
        super().__init__(_l("The payments add up to %(total)s, but %(balance)s is to be paid.", total=total,
                            balance=balance), field="parts")


class BalanceChanged(Refusal):
    def __init__(self, balance: str) -> None:
        super().__init__(_l("What is to be paid changed since the client asked: it is %(balance)s now. Reject it and "
                            "agree on new amounts.", balance=balance))


class NothingChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Nothing is different from what we have. Change what should be corrected."))


class WrongData(Refusal):
    """`errors` by field."""

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__(_l("Some of the data cannot be right."))
        self.errors = errors


class AnswerMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write an answer: the client reads it."), field="answer")


class AnsweredAlready(Conflict):
    """`state` is what became of it, `who` decided."""

    def __init__(self, state: str, who: str) -> None:
        super().__init__({
            "accepted": _l("%(who)s accepted this request meanwhile. What you sent was not needed any more.", who=who),
            "rejected": _l("%(who)s rejected this request meanwhile. What you sent was not needed any more.", who=who),
        }.get(state, _l("The client took this request back meanwhile. What you sent was not needed any more.")))


class TooManyFiles(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(_l("Add at most %(most)s files.", most=most), field="files")
