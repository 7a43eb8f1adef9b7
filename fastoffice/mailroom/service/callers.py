"""What is kept of people who called or left a message, found by the telephone they left: handed out or forgotten."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import audit, bulk
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.rules import states
from fastoffice.notifications import service as outbox

FIGURES = 10  # of a telephone, that tell one from another however it is written


def calls_of(branch_id: int, figures: str) -> list[MailItem]:
    """Calls and messages of a branch whose caller left this telephone (its last ten figures), the oldest first."""
    if len(figures) < 8 or not figures.isdigit():
        return []
    query = sa.select(MailItem.id, MailItem.phone).where(
        MailItem.branch_id == branch_id, MailItem.kind.in_(states.SPOKEN), MailItem.phone != "")
    ids = [row.id for row in db.session.execute(query)
           if "".join(filter(str.isdigit, row.phone))[-FIGURES:] == figures[-FIGURES:]]
    rows = bulk.rows_in(sa.select(MailItem), MailItem.id, ids)
    return sorted((row.MailItem for row in rows), key=lambda item: item.id)


def forget(branch: Branch, figures: str, actor: Actor) -> int:
    """Take the caller, the telephone and the message off these calls, and the messages about them; how many."""
    ids = [item.id for item in calls_of(branch.id, figures)]
    for part in bulk.slices(ids):
        db.session.execute(sa.update(MailItem).where(MailItem.id.in_(part)).values(
            sender="—", phone="", note="", version=MailItem.version + 1))
    outbox.forget_messages("mail_item", ids)
    if ids:
        audit.record(actor, "mail.callers_forgotten", ("branch", branch.id), {"count": len(ids)}, branch_id=branch.id)
    return len(ids)
