"""What the processor and we tell differently: noted once, looked at by a person."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit, bulk
from fastoffice.extensions import db
from fastoffice.payments import errors, rules
from fastoffice.payments.models import ProviderDifference
from fastoffice.upsert import insert_unless_there


def note(account_id: int, branch_id: int, kind: str, object_id: str, amount: int, currency: str, now: datetime) -> None:
    """Note it, once per thing and kind."""
    db.session.execute(insert_unless_there(bulk.table_of(ProviderDifference)).values(
        account_id=account_id, branch_id=branch_id, kind=kind, object_id=object_id[:120], amount=amount,
        currency=currency, noticed_at=now, note=""))


def resolve(found: ProviderDifference, words: str, actor: audit.Actor, now: datetime) -> None:
    """A person looked at it and says what it was. Raises ReasonMissing, TooLong, AlreadyResolved."""
    words = rules.check_reason(words)
    db.session.refresh(found, with_for_update=True)
    if found.resolved_at is not None:
        raise errors.AlreadyResolved
    found.resolved_at, found.resolved_by, found.note = now, actor.name[:120], words
    audit.record(actor, "difference.resolved", ("provider_difference", found.id), {
        "kind": found.kind, "object": found.object_id, "amount": found.amount, "reason": words},
        branch_id=found.branch_id)
