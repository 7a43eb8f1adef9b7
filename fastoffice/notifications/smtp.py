"""One message over an open SMTP connection, in as few round trips as the server allows.

`smtplib.sendmail` waits for each answer before the next command and goes over the whole message to double
leading dots. Here, where the server offers PIPELINING (RFC 2920), the envelope and DATA travel together, and
a message whose lines start with no dot (files never do) is sent as it is. The errors are smtplib's own.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence

Answer = tuple[int, bytes]
Refusals = dict[str, Answer]  # refused recipient -> the server's answer
OK, FORWARDED, GO_ON, CLOSING = 250, 251, 354, 421
_LEADING_DOT = re.compile(rb"(?m)^\.")


def deliver(link: smtplib.SMTP, sender: str, recipients: Sequence[str], data: bytes) -> Refusals:
    """Send one message to all recipients; the answer holds those refused while others took it.

    Addresses are ASCII without angle brackets (notifications.addresses sees to it). Raises
    SMTPSenderRefused, SMTPRecipientsRefused (its `recipients` may leave some out when the server closed),
    SMTPDataError, SMTPServerDisconnected or OSError. The connection can be used again unless it was closed.
    """
    size = f" SIZE={len(data)}" if link.has_extn("size") else ""
    commands = [f"MAIL FROM:<{sender}>{size}", *(f"RCPT TO:<{to}>" for to in recipients), "DATA"]
    together = link.has_extn("pipelining")
    if together:
        link.send("".join(f"{command}\r\n" for command in commands))
    return _converse(_Talk(link, [] if together else commands), sender, recipients, data)


class _Talk:
    """Answers one by one; sends each command first where they were not all sent together."""

    def __init__(self, link: smtplib.SMTP, unsent: list[str]) -> None:
        self.link, self.unsent = link, unsent
        self.together = not unsent

    def answer(self) -> Answer:
        if self.unsent:
            self.link.send(self.unsent.pop(0) + "\r\n")
        return self.link.getreply()

    def abandon(self, code: int) -> None:
        """Make the connection fit for the next message, or close it when the server did."""
        if code == CLOSING:
            self.link.close()
        elif self.together or self.link.rset()[0] == CLOSING:
            self.link.close()  # what was sent along is on its way: a new connection is simpler than telling it apart


def _converse(talk: _Talk, sender: str, recipients: Sequence[str], data: bytes) -> Refusals:
    code, text = talk.answer()
    if code != OK:
        talk.abandon(code)
        raise smtplib.SMTPSenderRefused(code, text, sender)
    refused: Refusals = {}
    for to in recipients:
        code, text = talk.answer()
        if code not in {OK, FORWARDED}:
            refused[to] = (code, text)
        if code == CLOSING:
            talk.abandon(code)
            raise smtplib.SMTPRecipientsRefused(refused)
    if len(refused) == len(recipients):
        talk.abandon(OK)
        raise smtplib.SMTPRecipientsRefused(refused)
    _data(talk, data)
    return refused


def _data(talk: _Talk, data: bytes) -> None:
    code, text = talk.answer()
    if code != GO_ON:
        talk.abandon(code)
        raise smtplib.SMTPDataError(code, text)
    talk.link.send(stuffed(data) + b".\r\n")
    code, text = talk.link.getreply()
    if code != OK:
        if code == CLOSING:
            talk.link.close()
        raise smtplib.SMTPDataError(code, text)


def stuffed(data: bytes) -> bytes:
    """The message with leading dots doubled and a line end at its end (RFC 5321, 4.5.2)."""
    whole = data if data.endswith(b"\r\n") else data + b"\r\n"
    return _LEADING_DOT.sub(b"..", whole) if b"\n." in whole or whole.startswith(b".") else whole
