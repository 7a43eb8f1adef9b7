"""Making a mail's bytes once. Every attempt sends the same bytes with the same Message-ID.

The hash is committed before the file is stored: a sender that dies between the two leaves no file without a
row, and the next one makes the bytes again from the same facts.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import leases, transaction
from fastoffice.documents.files import files
from fastoffice.documents.storage import FileMissing, StorageError
from fastoffice.errors import Refusal
from fastoffice.notifications import kinds, letter, placeholders, registry, wordings
from fastoffice.notifications.leasing import Outgoing
from fastoffice.notifications.message import Attachment, MailParts, assemble
from fastoffice.notifications.models import Delivery
from fastoffice.notifications.reasons import reason
from fastoffice.notifications.service.wording import TEST
from fastoffice.notifications.wordings import Wording

log = logging.getLogger(__name__)
MESSAGE = "message/rfc822"
WRITERS = 8


@dataclass(frozen=True, slots=True)
class Frozen:
    """The bytes to send, or why there are none ("" when there are)."""

    data: bytes = b""
    error: str = ""


def freeze(batch: Sequence[Outgoing]) -> dict[int, Frozen]:
    """The message of each leased mail, by delivery id. Two statements and one short unit for the batch."""
    frozen: dict[int, Frozen] = {}
    for item in batch:
        if item.frozen_sha256:
            frozen[item.lease.id] = _stored(item.frozen_sha256)
    missing = [item for item in batch if not frozen.get(item.lease.id, Frozen()).data]
    if not missing:
        return frozen
    made = _make(missing)
    _keep([item for item in missing if made[item.lease.id].data], made)
    return {**frozen, **made}


def _stored(sha256: str) -> Frozen:
    try:
        return Frozen(files().get(sha256))
    except FileMissing:
        return Frozen()  # its sender died before storing it, and before sending anything
    except StorageError as error:
        return Frozen(error=reason("storage", error))


def _make(batch: Sequence[Outgoing]) -> dict[int, Frozen]:
    if not batch:
        return {}
    texts = wordings.wordings({(item.branch_id, item.kind, item.language) for item in batch})
    late, broken = _late_values(batch)
    made = {}
    for item in batch:
        wording = texts.get((item.branch_id, item.kind, item.language))
        if wording is None or item.kind in broken:
            made[item.lease.id] = Frozen(error=broken.get(item.kind) or reason("template", f"no text for {item.kind}"))
        else:
            made[item.lease.id] = _made(item, wording, late.get(item.notice_id, {}))
    return made


def _late_values(batch: Sequence[Outgoing]) -> tuple[dict[int, dict[str, str]], dict[str, str]]:
    """(values as of now by notice, why a kind has none by kind)."""
    late: dict[int, dict[str, str]] = {}
    broken: dict[str, str] = {}
    for kind in {item.kind for item in batch}:
        try:
            late |= registry.values(kind, [i.notice_id for i in batch if i.kind == kind and i.subject_type != TEST])
        except Exception as error:  # whatever a callback raises holds back its own kind only
            log.exception("values of notices of kind %s could not be read", kind)
            broken[kind] = reason("template", error)
    return late, broken


def _made(item: Outgoing, wording: Wording, late: Mapping[str, str]) -> Frozen:
    try:
        return Frozen(compose(item, wording, late))
    except (Refusal, ValueError) as error:  # a placeholder nobody knows; a value that no header can carry
        return Frozen(error=reason("template", error))
    except StorageError as error:
        return Frozen(error=reason("storage", error))


def compose(item: Outgoing, wording: Wording, late: Mapping[str, str]) -> bytes:
    """The message of one notice in `wording`; `late` are values that override the stored ones.

    Raises UnknownPlaceholder, StorageError.
    """
    values = kinds.complete({**item.context, **late})
    subject, body = placeholders.render(wording.subject, values), placeholders.render_body(wording.body, values)
    if item.subject_type == TEST:
        with force_locale(item.language):
            subject = _("Test: %(subject)s", subject=subject)
    sender = current_app.config["SETTINGS"].mail_from
    return assemble(MailParts(
        message_id=item.message_id, date=item.created_at, sender=sender, sender_name=values["branch_name"],
        recipients=item.recipients, recipient_name=values["contact_name"],
        reply_to=values.get("branch_email", ""), subject=subject, language=item.language, text=body,
        html=letter.as_html(subject, body, values, item.language),
        attachments=[Attachment(file.filename, file.media_type, files().get(file.sha256)) for file in item.files],
    ))


def _keep(items: Sequence[Outgoing], made: Mapping[int, Frozen]) -> None:
    rows = [
        {"id": item.lease.id, "fence": item.lease.fence,
         "frozen_sha256": hashlib.sha256(made[item.lease.id].data).hexdigest()}
        for item in items
    ]
    transaction.run(leases.note, Delivery, "sending", rows)
    storage = files()
    with ThreadPoolExecutor(WRITERS) as writers:  # the disk syncs many files in the time of one
        kept = writers.map(lambda item: storage.put(made[item.lease.id].data, MESSAGE), items)
        for _file in kept:
            pass
