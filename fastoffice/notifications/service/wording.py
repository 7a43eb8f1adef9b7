"""The branch's own wording of messages, and a test mail to oneself."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.errors import Conflict, Refusal
from fastoffice.extensions import db
from fastoffice.notifications import kinds, placeholders
from fastoffice.notifications.kinds import EMAIL
from fastoffice.notifications.models import MessageTemplate
from fastoffice.notifications.service.owing import NoticeSpec, owe_notice

SUBJECT_LENGTH, BODY_LENGTH = 200, 8_000
TEST = "test"  # subject type of test mails


def check_wording(kind: str, channel: str, subject: str, body: str) -> None:
    """Raises Refusal with its field for an empty or too long text, UnknownPlaceholder for odd braces."""
    allowed = kinds.allowed(kind)
    if channel == EMAIL:
        if not subject.strip():
            raise Refusal(_l("Write a subject."), field="subject")
        if len(subject) > SUBJECT_LENGTH or "\n" in subject or "\r" in subject:
            raise Refusal(_l("The subject is one line of at most 200 characters."), field="subject")
        placeholders.check(subject, allowed, "subject")
    if not body.strip():
        raise Refusal(_l("Write the message."), field="body")
    if len(body) > BODY_LENGTH:
        raise Refusal(_l("The message has more than 8,000 characters."), field="body")
    placeholders.check(body, allowed, "body")


def _row(branch_id: int, kind: str, channel: str, language: str) -> MessageTemplate | None:
    found: MessageTemplate | None = db.session.scalar(sa.select(MessageTemplate).where(
        MessageTemplate.branch_id == branch_id, MessageTemplate.kind == kind, MessageTemplate.channel == channel,
        MessageTemplate.language == language))
    return found


def save_wording(
    branch_id: int, key: tuple[str, str, str], subject: str, body: str, actor: Actor, version: int = 0
) -> None:
    """Keep the branch's own wording of `key` (kind, channel, language).

    `version` is that of the row that was edited (0: the built-in wording). Raises Conflict when somebody
    saved another one meanwhile, Refusal for what `check_wording` refuses.
    """
    check_wording(key[0], key[1], subject, body)
    row = _row(branch_id, *key)
    if (row.version if row else 0) != version:
        raise Conflict(_l("Somebody changed this text meanwhile. Your version is below, theirs was kept."))
    if row is None:
        row = MessageTemplate(branch_id=branch_id, kind=key[0], channel=key[1], language=key[2])
        db.session.add(row)
    row.subject, row.body = subject.strip(), body.strip()
    row.updated_at, row.updated_by = clock.now(), actor.name
    db.session.flush()
    audit.record(actor, "template.saved", ("message_template", row.id), {"template": "/".join(key)},
                 branch_id=branch_id)


def reset_wording(branch_id: int, key: tuple[str, str, str], actor: Actor) -> bool:
    """Go back to the built-in wording; False when it was in force already."""
    row = _row(branch_id, *key)
    if row is None:
        return False
    audit.record(actor, "template.reset", ("message_template", row.id), {"template": "/".join(key)},
                 branch_id=branch_id)
    db.session.delete(row)
    return True


def owe_test_mail(branch_id: int, kind: str, language: str, email: str, branch_name: str) -> None:
    """Send the wording in force, with sample values, to one address. Raises Refusal when it cannot be used."""
    spec = NoticeSpec(
        branch_id=branch_id, kind=kind, subject=(TEST, 0), occasion=secrets.token_hex(8), party_name=email,
        language=language, context={**kinds.sample(language), "branch_name": branch_name}, emails=[email],
    )
    if not owe_notice(spec):
        raise Refusal(_l("The test mail could not be queued; try again."))
