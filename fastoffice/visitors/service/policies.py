"""What the branch wants of its lobby."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from fastoffice import audit, bulk, clock
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there
from fastoffice.visitors import errors
from fastoffice.visitors.models import VisitPolicy
from fastoffice.visitors.rules import retention, visits

CLOSES = time(20, 0)


def policy_of(branch_id: int) -> VisitPolicy:
    """The branch's policy; the product's where nobody saved one yet."""
    return db.session.get(VisitPolicy, branch_id) or VisitPolicy(
        branch_id=branch_id, closes_at=CLOSES, asks_photo=True, prints_badge=False, privacy_notice="",
        retention={}, version=0)


def closing_of(branch: Branch, arrived: datetime) -> datetime:
    """When a visit that began at `arrived` ends by itself, in UTC."""
    local = clock.local(arrived, branch.timezone)
    day, at = visits.closing(local.date(), policy_of(branch.id).closes_at, local.time())
    return clock.at_local(day, at, branch.timezone)


def save_policy(branch: Branch, values: Mapping[str, Any], days: Mapping[str, retention.Keeping], version: int,
                actor: audit.Actor) -> None:
    """Write the lobby's settings that were read at `version`. Raises Conflict when somebody was faster."""
    db.session.execute(insert_unless_there(bulk.table_of(VisitPolicy)), [{
        "branch_id": branch.id, "closes_at": CLOSES, "asks_photo": True, "prints_badge": False, "privacy_notice": "",
        "retention": {}, "version": 0}])
    policy = db.session.get_one(VisitPolicy, branch.id, with_for_update=True, populate_existing=True)
    if policy.version != version:
        raise errors.SettingsChanged
    for name in ("closes_at", "asks_photo", "prints_badge", "privacy_notice"):
        setattr(policy, name, values[name])
    policy.retention = {kind: {"photo_days": each.photo, "data_days": each.data} for kind, each in days.items()}
    audit.record(actor, "visit_policy.changed", ("branch", branch.id), branch_id=branch.id)
