"""Named refusals of the mail room, in words for whoever stands at the counter."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, NotFound, Refusal


class NoSuchItem(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such piece of mail."))


class NoSuchRequest(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such request."))


class NoSuchNominee(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such person."))


class NoSuchClient(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose a client of the list."), field="client")


class AddresseeMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write what stands on it: whom it is for."), field="addressee")


class UnknownKind(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose what it is."), field="kind")


class AlreadyHere(Conflict):
    """Two desks had the same parcel in hand: `item_id` is the one that is logged."""

    def __init__(self, item_id: int, tracking: str, who: str, when: str) -> None:
        super().__init__(_l("%(tracking)s is logged already: %(who)s, %(when)s. Nothing was added.",
                            tracking=tracking, who=who, when=when), field="tracking")
        self.item_id = item_id


class NotHere(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("It is not here any more: somebody handed it over, sent it on or took it back."))


class TooLate(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("It can be undone for five minutes only."))


class NotNamed(Refusal):
    """Who takes it is nobody whom the client named; somebody of the client has to allow it."""

    def __init__(self, name: str) -> None:
        super().__init__(_l("The client has not named %(name)s to collect. Call the client and write who allowed it, "
                            "or do not hand it over.", name=name), field="authorised_by")


class TakerMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the name of who takes it."), field="taken_by")


class NothingChosen(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Tick what is handed over."), field="items")


class ProofMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Let them sign, or choose a person with a PIN."), field="signature")


class WrongPin(Refusal):
    """`left` is how often it may still be tried, where that is known."""

    def __init__(self, left: int | None = None) -> None:
        super().__init__(_l("That is not the PIN.") if left is None else _l(
            "That is not the PIN. Tries left before it is locked for fifteen minutes: %(left)s.", left=left),
            field="pin")


class PinLocked(Refusal):
    """`until` is an hour on the branch's clock."""

    def __init__(self, until: str) -> None:
        super().__init__(_l("Too many wrong PINs: it is locked until %(hour)s and then works again by itself. "
                            "Let them sign instead.", hour=until), field="pin")


class PinMalformed(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("A PIN has four to eight figures, not all the same."), field="pin")


class NameMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write a name."), field="name")


class NamedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("This person is on the list already."), field="name")


class AliasTaken(Refusal):
    def __init__(self, name: Any) -> None:
        super().__init__(_l("Mail to this name goes to %(name)s.", name=name), field="alias")


class AskedAlready(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Something was asked for this piece already. Withdraw it first."))


class AnsweredAlready(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("This request was answered or withdrawn meanwhile."))


class PriceChanged(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("The price changed meanwhile. Look at it and ask again."))


class AddressMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the whole address."), field="address")


class HoldTooLong(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(_l("Choose a day after today, at most %(most)s days ahead.", most=most), field="until")


class NotConfirmed(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Tick that it may be destroyed: it cannot be brought back."), field="confirmed")


class FileMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Add the scan: a PDF or pictures."), field="files")


class NoPicture(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The photo must be a picture (PNG, JPEG, WebP)."), field="photo")


class ReasonMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write why: the client reads it."), field="answer")


class MessageMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the message."), field="note")


class PolicyOutOfRange(Refusal):
    def __init__(self, field: str) -> None:
        super().__init__(_l("Check this number."), field=field)


class ChangedMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody saved this meanwhile. Look at it and save again."))
