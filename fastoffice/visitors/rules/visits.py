"""What a visit may become, and what must be told of a visitor."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from email_validator import EmailNotValidError, validate_email

from fastoffice.folding import clean_text, fold
from fastoffice.visitors import errors

VISIT, INTERVIEW, SUPPLIER, DELIVERY, AUTHORITY = KINDS = ("visit", "interview", "supplier", "delivery", "authority")
WAITING, COMING, WAIT, REFUSED, IN, OUT = STATES = ("waiting", "coming", "wait", "refused", "in", "out")
ANSWERS = {"coming": COMING, "wait": WAIT, "not_today": REFUSED}
LEAVING = ("qr", "name", "host", "reception", "automatic", "delivery")
REASONS = ("help", "no_host", "invitation", "escalated", "blocked", "away", "authority", "delivery", "badge")
ANSWER_WITHIN = timedelta(minutes=2)
LINK_LIVES = timedelta(hours=12)
LATE = timedelta(minutes=5)  # a sign-in older than this was kept by a tablet without network
TOLD_WITHIN = timedelta(hours=1)  # nobody is told of an arrival that is older
OLDEST = timedelta(days=2)
NAME_LENGTH, NOTE_LENGTH = 120, 300
MOST_DIGITS = 15  # of a telephone anywhere in the world

_NEXT: dict[str, frozenset[str]] = {
    WAITING: frozenset({COMING, WAIT, REFUSED, IN, OUT}),
    COMING: frozenset({WAIT, REFUSED, IN, OUT}),
    WAIT: frozenset({COMING, REFUSED, IN, OUT}),
    REFUSED: frozenset({COMING, IN, OUT}),
    IN: frozenset({OUT}),
    OUT: frozenset(),
}


def check_step(state: str, wanted: str) -> None:
    """Raises AlreadyOut, AlreadyIn where the visit can not become that."""
    if wanted not in _NEXT[state]:
        raise errors.AlreadyOut if state == OUT else errors.AlreadyIn


def answered(state: str, answer: str) -> str:
    """The state after a host's answer ("coming", "wait", "not_today"); the same answer again changes nothing.

    Raises UnknownAnswer, AlreadyIn, AlreadyOut.
    """
    if answer not in ANSWERS:
        raise errors.UnknownAnswer
    wanted = ANSWERS[answer]
    if wanted != state:
        check_step(state, wanted)
    return wanted


def name_of(text: str, *, required: bool = True) -> str:
    """A person's name. Raises NameMissing, TooLong."""
    name = clean_text(text)
    if len(name) > NAME_LENGTH:
        raise errors.TooLong("name", NAME_LENGTH)
    if required and not any(char.isalpha() for char in name):
        raise errors.NameMissing
    return name


def short(text: str, field: str, length: int = NAME_LENGTH) -> str:
    """One clean line. Raises TooLong."""
    line = clean_text(text)
    if len(line) > length:
        raise errors.TooLong(field, length)
    return line


def contact_key(phone: str, email: str) -> str:
    """How a person is found again: their e-mail, else the last ten digits of their telephone; "" for neither."""
    address = clean_text(email).casefold()
    if "@" in address:
        return address
    digits = "".join(char for char in phone if char.isdigit())
    return digits[-10:] if len(digits) >= 8 else ""


def split_contact(text: str) -> tuple[str, str]:
    """(telephone, e-mail) of what was typed in one field. Raises ContactUnreadable, OneContactOnly."""
    return ("", email_of(text, "contact")) if "@" in text else (phone_of(text, "contact"), "")


def email_of(text: str, field: str = "email") -> str:
    """One e-mail address. Raises ContactUnreadable, OneContactOnly."""
    line = clean_text(text)
    if line.count("@") > 1:
        raise errors.OneContactOnly(field)
    try:
        return validate_email(line, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise errors.ContactUnreadable(field) from error


def phone_of(text: str, field: str = "phone") -> str:
    """One telephone as it was typed. Raises ContactUnreadable, OneContactOnly."""
    line = clean_text(text)
    if sum(map(str.isdigit, line)) > MOST_DIGITS:
        raise errors.OneContactOnly(field)
    if not contact_key(line, "") or len(line) > 40:
        raise errors.ContactUnreadable(field)
    return line


def arrival(said: datetime | None, now: datetime) -> datetime:
    """When they came: as the tablet wrote it down, never in the future and not longer ago than it may keep it."""
    return now if said is None else min(max(said, now - OLDEST), now)


def closing(day: date, closes: time, arrived: time) -> tuple[date, time]:
    """(day, wall time) at which a visit of `day` ends by itself: at closing, or at the day's end for a late one."""
    return (day, closes) if arrived < closes else (day + timedelta(days=1), time(0))


def search_text(*texts: str) -> str:
    """What a visit is found by, without accents."""
    return " ".join(dict.fromkeys(filter(None, (fold(text) for text in texts))))
