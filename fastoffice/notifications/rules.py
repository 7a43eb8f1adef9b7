"""What an answer of the mail server means, and when to try again. Pure: answers in, outcome out."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from fastoffice.notifications.reasons import reason

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
TOO_BIG = 552
Answers = Mapping[str, tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt.

    `accepted` took the message; `refused` are address -> stored reason, for good; `postponed` are to be
    tried again. `error` is the stored reason where the attempt as a whole did not succeed. `broken`: the
    connection is of no use any more. `untrue`: nothing was sent, the notice no longer held.
    """

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    postponed: tuple[str, ...] = ()
    error: str = ""
    broken: bool = False
    untrue: bool = False


def outcome_of_answers(tried: Sequence[str], refused: Answers) -> Outcome:
    """The server took the message for some; `refused` holds its answer for the others."""
    accepted = tuple(address for address in tried if address not in refused)
    return _by_recipient(accepted, refused)


def outcome_of_error(tried: Sequence[str], error: Exception) -> Outcome:
    """Sending raised `error`. Permanent only where the server said so about this message or its addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        unasked = {who: (421, b"the server left before its turn") for who in tried if who not in error.recipients}
        return _by_recipient((), {**error.recipients, **unasked})
    if isinstance(error, smtplib.SMTPSenderRefused):
        if error.smtp_code == TOO_BIG:
            return _refused_all(tried, error.smtp_code, error.smtp_error)
        code = "sender" if is_permanent(error.smtp_code) else "later"
        return Outcome(postponed=tuple(tried), error=reason(code, _said(error.smtp_code, error.smtp_error)))
    if isinstance(error, smtplib.SMTPDataError):
        if is_permanent(error.smtp_code):
            return _refused_all(tried, error.smtp_code, error.smtp_error)
        return Outcome(postponed=tuple(tried), error=reason("later", _said(error.smtp_code, error.smtp_error)))
    detail = str(error) or type(error).__name__
    return Outcome(postponed=tuple(tried), error=reason("unreachable", detail), broken=True)


def is_permanent(code: int) -> bool:
    """Whether an SMTP code says no for good (5xx)."""
    return 500 <= code < 600


def _by_recipient(accepted: tuple[str, ...], answers: Answers) -> Outcome:
    gone = {who: reason("refused", _said(*answer)) for who, answer in answers.items() if is_permanent(answer[0])}
    later = tuple(who for who in answers if who not in gone)
    error = ""
    if later:
        error = reason("later", f"{later[0]}: {_said(*answers[later[0]])}")
    elif gone:
        first = next(iter(gone))
        error = reason("refused_some" if accepted else "refused", f"{first}: {_said(*answers[first])}")
    return Outcome(accepted, gone, later, error)


def _refused_all(tried: Sequence[str], code: int, text: bytes | str) -> Outcome:
    said = reason("refused", _said(code, text))
    return Outcome(refused=dict.fromkeys(tried, said), error=said)


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:200]


State = Literal["sent", "failed", "queued"]


def state_after(accepted: Sequence[str], waiting: Sequence[str], first_attempt_at: datetime, now: datetime) -> State:
    """The delivery's state once an attempt is over: `accepted` so far, `waiting` still to be tried."""
    if waiting and now - first_attempt_at < GIVE_UP_AFTER:
        return "queued"
    return "sent" if accepted else "failed"


def next_attempt(attempts: int, now: datetime) -> datetime:
    """1, 2, 4 … minutes after `now`, at most an hour; `attempts` counts those made."""
    return now + min(FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 16), LONGEST_WAIT)
