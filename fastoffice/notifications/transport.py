"""Where mails go: an SMTP server over one connection, or a folder when none is configured."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

from fastoffice.notifications.smtp import Refusals, deliver

TIMEOUT_SECONDS = 20.0
CONNECT_ERRORS = (OSError, smtplib.SMTPException)  # TimeoutError and ssl.SSLError are OSErrors


@dataclass(frozen=True, slots=True)
class Mail:
    """A frozen message and its envelope."""

    sender: str
    recipients: Sequence[str]
    data: bytes
    message_id: str


class Transport(Protocol):
    """Something that takes frozen messages."""

    throttled: bool

    def open(self) -> None:
        """Be ready to send. Raises OSError or smtplib.SMTPException when the other side is not."""

    def send(self, mail: Mail) -> Refusals:
        """Hand over one message; the answer holds refused recipients. Raises smtplib's errors or OSError."""

    def close(self) -> None:
        """Leave politely; never raises."""


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """What an SMTP_URL says: smtp://user:pass@host:587/?starttls=1 or smtps://…, `timeout` in seconds."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    starttls: bool
    timeout: float

    @classmethod
    def parse(cls, url: str) -> SmtpAddress:
        """Raises ValueError for a port or timeout that is no number."""
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if implicit else 587 if _yes(options, "starttls") else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            implicit_tls=implicit,
            starttls=_yes(options, "starttls"),
            timeout=float(options.get("timeout", [str(TIMEOUT_SECONDS)])[0]),
        )


def _yes(options: dict[str, list[str]], name: str) -> bool:
    return options.get(name, [""])[0].lower() in {"1", "true", "yes"}


class SmtpTransport:
    """One connection for many messages, opened when first needed and again after it dropped."""

    throttled = True

    def __init__(self, address: SmtpAddress, local_name: str | None = None) -> None:
        self._address = address
        self._local_name = local_name
        self._link: smtplib.SMTP | None = None

    def open(self) -> None:
        if self._link is None:
            self._link = self._connect()

    def _connect(self) -> smtplib.SMTP:
        to = self._address
        if to.implicit_tls:
            link: smtplib.SMTP = smtplib.SMTP_SSL(
                to.host, to.port, self._local_name, timeout=to.timeout, context=ssl.create_default_context())
        else:
            link = smtplib.SMTP(to.host, to.port, self._local_name, timeout=to.timeout)
        try:
            link.ehlo_or_helo_if_needed()
            if to.starttls:
                link.starttls(context=ssl.create_default_context())
                link.ehlo_or_helo_if_needed()  # what the server offers may differ once it is private
            if to.user:
                link.login(to.user, to.password)
        except BaseException:
            link.close()
            raise
        return link

    def send(self, mail: Mail) -> Refusals:
        self.open()
        assert self._link is not None
        try:
            return deliver(self._link, mail.sender, mail.recipients, mail.data)
        except (smtplib.SMTPServerDisconnected, OSError):
            self._drop()
            raise
        finally:
            if self._link is not None and self._link.sock is None:  # it was closed upon a refusal
                self._link = None

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def close(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        try:
            link.quit()
        except CONNECT_ERRORS:
            link.close()


class FolderTransport:
    """Each message becomes a file named after its Message-ID: written aside, then renamed into place."""

    throttled = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def send(self, mail: Mail) -> Refusals:
        self.open()
        path = self.folder / file_name(mail.message_id)
        aside = path.with_suffix(f".{os.getpid()}.part")
        aside.write_bytes(mail.data)
        os.replace(aside, path)
        return {}

    def close(self) -> None:
        """Nothing is open."""


def file_name(message_id: str) -> str:
    """ "<abc@host>" as "abc@host.eml"."""
    return re.sub(r"[^A-Za-z0-9.@_-]", "_", message_id.strip("<>")) + ".eml"


def from_settings() -> Transport:
    """The transport that the settings ask for."""
    settings = current_app.config["SETTINGS"]
    if settings.smtp_url:
        return SmtpTransport(SmtpAddress.parse(settings.smtp_url), urlsplit(settings.base_url).hostname)
    return FolderTransport(settings.instance / "outbox")
