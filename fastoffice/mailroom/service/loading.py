"""Reading a row that is about to be written: of this branch, and locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailItem, MailPolicy, MailRequest, default_policy
from fastoffice.mailroom.rules import states, storage


def policy_of(branch_id: int) -> MailPolicy:
    """The branch's policy; the default one, which is no row, until somebody saves it."""
    return db.session.get(MailPolicy, branch_id) or default_policy(branch_id)


def next_reminder(branch: Branch, piece: MailItem) -> datetime | None:
    """When its client is reminded of a piece that is here; None when it was reminded often enough."""
    policy, received = policy_of(branch.id), clock.local_date(piece.received_at, branch.timezone)
    day = storage.first_reminder(received, policy.reminder_days, piece.reminders)
    return clock.at_local(day, policy.reminder_at, branch.timezone) if day else None


def item(branch_id: int, item_id: int) -> MailItem:
    """A branch's piece, locked. Raises NoSuchItem."""
    return items(branch_id, [item_id])[0]


def items(branch_id: int, ids: Sequence[int]) -> list[MailItem]:
    """A branch's pieces in order of id, locked and as they are now. Raises NoSuchItem when one is another's."""
    wanted = sorted(set(ids))
    query = sa.select(MailItem).where(MailItem.branch_id == branch_id, MailItem.id.in_(wanted)).order_by(MailItem.id)
    found = list(db.session.scalars(query.with_for_update().execution_options(populate_existing=True)))
    if not found or len(found) != len(wanted):
        raise errors.NoSuchItem
    return found


def item_here(branch_id: int, item_id: int) -> MailItem:
    """The same of a piece that has not left. Raises NoSuchItem, NotHere."""
    found = item(branch_id, item_id)
    if not found.is_here or found.kind not in states.PHYSICAL:
        raise errors.NotHere
    return found


def decided(branch_id: int, request_id: int) -> MailRequest:
    """A branch's request, whatever came of it, locked. Raises NoSuchRequest."""
    query = sa.select(MailRequest).where(MailRequest.id == request_id, MailRequest.branch_id == branch_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise errors.NoSuchRequest
    return found


def request(branch_id: int, request_id: int) -> MailRequest:
    """A branch's request that waits, locked. Raises NoSuchRequest, AnsweredAlready."""
    found = decided(branch_id, request_id)
    if found.state != "asked":
        raise errors.AnsweredAlready
    return found


def client(branch: Branch, client_id: int) -> Client:
    """A client in use of the branch. Raises NoSuchClient."""
    found = clients.client_of(branch.id, client_id)
    if found is None:
        raise errors.NoSuchClient
    return found


def move(piece: MailItem, wanted: str) -> None:
    """Change the state as the table of states allows. Raises NotHere."""
    if not states.may_become(piece.state, wanted):
        raise errors.NotHere
    piece.state_before, piece.state = piece.state, wanted
