"""Putting a mail together as bytes.

`EmailMessage` costs more than sending what it made: it parses every header it writes, and splits and re-joins
every attachment line by line. A mail of ours is always of one form, which is a page of code here; the standard
library encodes its words and reads it back in the tests. The same parts give the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from fastoffice.documents.text import printable

CRLF = b"\r\n"
ENCODED_BYTES = 36  # of one encoded word: 48 characters and what stands around them
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # visible ASCII without angle brackets
_SPECIAL = re.compile(r'[()<>@,:;\\".\[\]]')
_QUOTED = re.compile(r'["\\]')


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to go with the mail."""

    filename: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailParts:
    """All that a mail consists of. `sender` is "Name <address>" or an address; texts are plain str."""

    message_id: str
    date: datetime
    sender: str
    sender_name: str
    recipients: Sequence[str]
    recipient_name: str
    reply_to: str
    subject: str
    language: str
    text: str
    html: str
    attachments: Sequence[Attachment] = ()


def one_line(text: str, length: int = 200) -> str:
    """Text fit for a header: printable, blanks joined, no line ends. Nothing in it can start a new header."""
    return " ".join(printable(text).split())[:length]


def sender_address(sender: str) -> str:
    """The bare address of "Name <address>"."""
    return parseaddr(sender)[1]


def assemble(parts: MailParts) -> bytes:
    """The message with CRLF line ends, ready for DATA: mixed(alternative(text, html), files…)."""
    mark = hashlib.sha256(parts.message_id.encode()).hexdigest()[:24].encode()
    outer, inner = b"=_o_" + mark, b"=_i_" + mark
    body = _alternative(parts, inner)
    files = [_file(attachment) for attachment in parts.attachments]
    return _headers(parts, outer) + _multipart(outer, [body, *files])


def _headers(parts: MailParts, boundary: bytes) -> bytes:
    own = sender_address(parts.sender)
    single = len(parts.recipients) == 1
    lines = [
        f"Message-ID: {parts.message_id}",
        f"Date: {format_datetime(parts.date)}",
        f"From: {_address(parts.sender_name or parseaddr(parts.sender)[0], own)}",
        "To: " + ",\r\n ".join(_address(parts.recipient_name if single else "", to) for to in parts.recipients),
        f"Subject: {_words(one_line(parts.subject))}",
        f"Content-Language: {parts.language}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
    ]
    if parts.reply_to and parts.reply_to != own:
        lines.insert(4, f"Reply-To: {_address('', parts.reply_to)}")
    head = "\r\n".join(lines).encode("ascii") + CRLF
    return head + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"' + CRLF + CRLF


def _address(name: str, address: str) -> str:
    """ "Laura Güemes <laura@guemes.mx>", the name quoted or encoded as it needs. Raises ValueError for no address."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"“{one_line(address)}” is no address")
    words = one_line(name, 120)
    if not words:
        return address
    if not words.isascii():
        return f"{_words(words)} <{address}>"
    return f'"{_QUOTED.sub(_escaped, words)}" <{address}>' if _SPECIAL.search(words) else f"{words} <{address}>"


def _escaped(match: re.Match[str]) -> str:
    return "\\" + match[0]


def _words(text: str) -> str:
    """Text of a header: as it is where it is ASCII and no encoded word, else as folded encoded words (RFC 2047)."""
    if text.isascii() and "=?" not in text:
        return text
    pieces = [b""]
    for char in text:
        raw = char.encode()
        if len(pieces[-1]) + len(raw) > ENCODED_BYTES:
            pieces.append(b"")
        pieces[-1] += raw
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(piece).decode()}?=" for piece in pieces)


def _multipart(boundary: bytes, parts: Sequence[bytes]) -> bytes:
    pieces = [b"--" + boundary + CRLF + part + CRLF for part in parts]
    return b"".join(pieces) + b"--" + boundary + b"--" + CRLF


def _alternative(parts: MailParts, boundary: bytes) -> bytes:
    head = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"' + CRLF + CRLF
    return head + _multipart(boundary, [_text("plain", parts.text), _text("html", parts.html)])


def _text(subtype: str, text: str) -> bytes:
    lines = re.sub(r"\r\n?|\n", "\n", text).encode().split(b"\n")
    encoded = CRLF.join(binascii.b2a_qp(line, istext=True).replace(b"=\n", b"=\r\n") for line in lines)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + encoded


def _file(attachment: Attachment) -> bytes:
    name = one_line(attachment.filename, 120).replace("/", "-") or "document"
    plain = "".join(char if char.isascii() and char not in '"\\;%' else "_" for char in name)
    head = (
        f"Content-Type: {attachment.media_type}\r\n"
        f'Content-Disposition: attachment; filename="{plain}"{_extended(name, plain)}\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _base64_lines(attachment.data)


def _base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76; base64.encodebytes does it line by line, five times slower."""
    encoded = binascii.b2a_base64(data, newline=False)
    return CRLF.join(encoded[start : start + 76] for start in range(0, len(encoded), 76))


def _extended(name: str, plain: str) -> str:
    """The name in RFC 2231 form where plain ASCII cannot say it."""
    return "" if name == plain else f"; filename*=UTF-8''{quote(name, safe='')}"
