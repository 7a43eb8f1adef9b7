"""Named refusals of the lobby, in words for whoever stands there."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, NotFound, Refusal


class NoSuchVisit(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such visit."))


class NoSuchInvitation(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such invitation."))


class NoSuchNotice(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("There is no such notice."))


class NameMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Please write your name."), field="name")


class CompanyMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Please write the company that delivers."), field="company")


class ContactMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Please leave a telephone or an e-mail."), field="contact")


class ContactUnreadable(Refusal):
    def __init__(self, field: str = "contact") -> None:
        super().__init__(_l("Write a telephone with all its digits, or an e-mail."), field=field)


class OneContactOnly(Refusal):
    """Two addresses in one field: which of them would be the person's?"""

    def __init__(self, field: str = "contact") -> None:
        super().__init__(_l("Write one telephone or one e-mail only, without anything else."), field=field)


class TooLong(Refusal):
    def __init__(self, field: str, most: int) -> None:
        super().__init__(_l("Use at most %(most)s characters.", most=most), field=field)


class UnknownKind(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose what brings you here."), field="kind")


class RulesNotSigned(Refusal):
    """`rules_ids` are the versions that are still to be signed."""

    def __init__(self, rules_ids: tuple[int, ...]) -> None:
        super().__init__(_l("Please read and sign the rules of the house."), field="signature", rules_ids=rules_ids)
        self.rules_ids = rules_ids


class UnknownAnswer(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose one of the answers."), field="answer")


class AlreadyOut(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("The visitor has left already."))


class AlreadyIn(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("The visitor is inside already."))


class LinkOver(NotFound):
    def __init__(self) -> None:
        super().__init__(_l("This link is not valid any more."))


class InvitationTimes(Refusal):
    def __init__(self, field: str) -> None:
        super().__init__(_l("Choose a day from today on, at most a year away and for at most 31 days."), field=field)


class NobodyToInvite(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write an e-mail or a telephone, so that the invitation can be sent."), field="email")


class AwayTimes(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose until when nobody is there: the first day or a later one."), field="away_until")


class ReasonMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the reason."), field="reason")


class TextMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the text in Spanish at least."), field="text_es")


class FieldMissing(Refusal):
    def __init__(self, field: str) -> None:
        super().__init__(_l("Please fill this in."), field=field)


class DocumentMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Add a photo or a PDF of the document."), field="document")


class HostMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose whom it is for."), field="client")


class SettingsChanged(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody saved these settings meanwhile. Look at them and save again."))
