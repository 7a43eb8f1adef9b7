"""What a delivery says, for people: the mail as it was or would be sent, the prepared WhatsApp message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import cast
from urllib.parse import quote

from fastoffice.documents.files import files
from fastoffice.documents.storage import StorageError
from fastoffice.notifications import kinds, letter, placeholders, registry
from fastoffice.notifications.kinds import EMAIL, WHATSAPP
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.notifications.service.wording import TEST
from fastoffice.notifications.wordings import Wording, wordings


@dataclass(frozen=True, slots=True)
class Message:
    """A worded message: subject (mails), plain text, HTML (mails); `frozen` when these are the sent bytes."""

    subject: str
    text: str
    html: str = ""
    frozen: bool = False


def render(wording: Wording, values: Mapping[str, str], language: str, channel: str = EMAIL) -> Message:
    """A wording with its values. Raises UnknownPlaceholder."""
    whole = kinds.complete(dict(values))
    body = placeholders.render_body(wording.body, whole)
    if channel != EMAIL:
        return Message("", body)
    subject = placeholders.render(wording.subject, whole)
    return Message(subject, body, letter.as_html(subject, body, whole, language))


def message_of(delivery: Delivery) -> Message:
    """The message of a delivery: its frozen bytes where they exist, else as it would be made now."""
    frozen = _frozen(delivery)
    return frozen or _as_of_now(delivery.notice, WHATSAPP if delivery.channel == WHATSAPP else EMAIL)


def _frozen(delivery: Delivery) -> Message | None:
    if not delivery.frozen_sha256:
        return None
    try:
        data = files().get(delivery.frozen_sha256)
    except StorageError:
        return None
    mail = cast(EmailMessage, message_from_bytes(data, policy=SMTP))
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return Message(str(mail["Subject"]), text.get_content() if text else "", html.get_content() if html else "", True)


def _as_of_now(notice: Notice, channel: str) -> Message:
    key = (notice.branch_id, notice.kind, notice.language)
    wording = wordings({key}, channel)[key]
    late = {} if notice.subject_type == TEST else registry.values(notice.kind, [notice.id]).get(notice.id, {})
    return render(wording, {**notice.context, **late}, notice.language, channel)


def whatsapp_link(number: str, text: str) -> str:
    """Opens WhatsApp with the message typed in; a person presses send."""
    return f"https://wa.me/{number}?text={quote(text, safe='')}"
