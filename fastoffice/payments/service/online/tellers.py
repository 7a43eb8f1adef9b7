"""Who may tell us: what an event is checked against, read of its account once and remembered by this process.

What is remembered is only ever believed together with the account's own row (see `events.store`): a secret that was
taken back lets nothing in, in no process.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.payments.gateway.sealing import SealBroken
from fastoffice.payments.models import CardAccount
from fastoffice.payments.service.online import accounts

log = logging.getLogger(__name__)
MOST = 500  # accounts that a process remembers; a network has fewer
_known: dict[str, Teller] = {}


@dataclass(frozen=True, slots=True)
class Teller:
    """An account as an event's check needs it. `secrets`, the newest first, are what `sealed` holds."""

    public_id: str
    account_id: int
    livemode: bool
    sealed: str
    secrets: tuple[str, ...] = field(repr=False)


def remembered(public_id: str) -> Teller | None:
    """As it was when this process read it last; None for one that it never read."""
    return _known.get(public_id)


def read(public_id: str) -> Teller | None:
    """The account of that name as it is now, remembered from here on; None when there is none."""
    _known.pop(public_id, None)
    row = db.session.execute(sa.select(
        CardAccount.id, CardAccount.livemode, CardAccount.webhook_secrets_sealed.label("sealed"),
    ).where(CardAccount.public_id == public_id)).one_or_none()
    if row is None:
        return None
    if len(_known) >= MOST:
        _known.clear()
    found = _known[public_id] = Teller(
        public_id, row.id, row.livemode, row.sealed, _secrets(row.id, row.sealed))
    return found


def _secrets(account_id: int, sealed: str) -> tuple[str, ...]:
    try:
        return tuple(accounts.secrets_in(sealed))
    except SealBroken:  # nobody can say who signs; it is sent again for days, and polling finds the rest
        log.warning("the webhook secrets of account %s cannot be read: they have to be entered again", account_id)
        return ()
