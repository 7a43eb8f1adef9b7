"""What was said is forgotten with whom it was about; that it was said, to whom and when, stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, DeliveryAttempt, Notice


def forget_messages(subject_type: str, subject_ids: Sequence[int], *, readers_too: bool = False) -> None:
    """Let go of the bytes of every message about these subjects, whose files housekeeping removes then; with
    `readers_too` of the addresses as well. What has not been sent yet is withdrawn.
    """
    for part in bulk.slices(list(subject_ids)):
        about = sa.select(Notice.id).where(Notice.subject_type == subject_type, Notice.subject_id.in_(part))
        mine = sa.select(Delivery.id).where(Delivery.notice_id.in_(about))
        values: dict[str, Any] = {"frozen_sha256": None}
        if readers_too:
            values |= {"recipients": [], "accepted": [], "refused": {}}
        db.session.execute(sa.update(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(mine)).values(sha256=None))
        db.session.execute(sa.update(Delivery).where(Delivery.notice_id.in_(about)).values(**values))
        db.session.execute(sa.update(Delivery).where(
            Delivery.notice_id.in_(about), Delivery.state == "queued").values(state="cancelled"))
    db.session.expire_all()
