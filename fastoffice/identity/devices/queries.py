"""What the settings show of devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.identity.devices.models import Device

ENDED_SHOWN = 10


def devices_of(branch_id: int) -> Sequence[Device]:
    """Those in use first, then the ones that ended last."""
    query = sa.select(Device).where(Device.branch_id == branch_id)
    in_use = db.session.scalars(query.where(Device.ended_at.is_(None)).order_by(Device.name, Device.id))
    ended = db.session.scalars(query.where(Device.ended_at.is_not(None)).order_by(
        Device.ended_at.desc(), Device.id.desc()).limit(ENDED_SHOWN))
    return [*in_use, *ended]


def unseen_since(moment: datetime) -> tuple[int, Device | None]:
    """How many devices are in use in all branches, and the one that was seen longest ago, if before `moment`."""
    in_use = Device.ended_at.is_(None)
    count = db.session.scalar(sa.select(sa.func.count(Device.id)).where(in_use)) or 0
    seen = sa.func.coalesce(Device.last_seen_at, Device.paired_at)
    return count, db.session.scalar(sa.select(Device).where(in_use, seen < moment).order_by(seen, Device.id).limit(1))
