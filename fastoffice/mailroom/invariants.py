"""What must always hold of the mail room's money: each check answers with the rows that break it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import bulk, clock
from fastoffice.branches.models import Branch
from fastoffice.charges.models import WITHDRAWN, PendingCharge
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailItem, MailRequest
from fastoffice.mailroom.service.answering import ORIGIN
from fastoffice.mailroom.service.storing import KIND, MILLI

SENTENCES = (
    (r"mail: piece (?P<a>\d+) has more days of storage than it was here",
     _l("Piece of mail %(a)s has more days of storage charged than it was here.")),
    (r"mail: storage of piece (?P<a>\d+) is charged to somebody else",
     _l("The storage of piece of mail %(a)s is charged to somebody whose it is not.")),
    (r"mail: request (?P<a>\d+) differs from its charge",
     _l("What request %(a)s about mail costs is not what was charged.")),
)


def verify(branch_id: int) -> list[str]:
    """What is broken in a branch's mail room, in words; empty when everything holds."""
    return [text for check in CHECKS for text in check(branch_id)]


def _storage(branch_id: int) -> Iterable[str]:
    """A piece was charged for no more days than it was here, and only to whom it belongs."""
    days: dict[int, int] = defaultdict(int)
    asked: dict[tuple[int, int], int] = defaultdict(int)
    columns = (PendingCharge.origin, PendingCharge.client_id, PendingCharge.quantity_milli, PendingCharge.unit_price,
               PendingCharge.dropped_at)
    for row in db.session.execute(sa.select(*columns).where(*_standing(branch_id, KIND))):
        item_id, number = int(row.origin.removeprefix(KIND).partition(".")[0]), row.quantity_milli // MILLI
        number = number if row.unit_price >= 0 else -number
        days[item_id] += number
        if row.dropped_at is None:
            asked[item_id, row.client_id] += number
    zone, owners = db.session.get_one(Branch, branch_id).timezone, {}
    query = sa.select(MailItem.id, MailItem.client_id, MailItem.received_at, MailItem.closed_at)
    for item in bulk.rows_in(query, MailItem.id, sorted(days)):
        owners[item.id] = item.client_id
        last = clock.local_date(item.closed_at or clock.now(), zone)
        if days[item.id] > (last - clock.local_date(item.received_at, zone)).days + 1:
            yield f"mail: piece {item.id} has more days of storage than it was here"
    for (item_id, client_id), number in sorted(asked.items()):
        if number and owners.get(item_id) != client_id:
            yield f"mail: storage of piece {item_id} is charged to somebody else"


def _requests(branch_id: int) -> Iterable[str]:
    """What was done of a client's request was charged once, at the price that the client saw; nothing else was."""
    columns = (PendingCharge.origin, PendingCharge.client_id, PendingCharge.unit_price)
    charged = {int(row.origin.removeprefix(ORIGIN)): (row.client_id, row.unit_price)
               for row in db.session.execute(sa.select(*columns).where(*_standing(branch_id, ORIGIN)))}
    query = sa.select(MailRequest.id, MailRequest.client_id, MailRequest.price, MailRequest.state).where(
        MailRequest.branch_id == branch_id, MailRequest.price > 0)
    priced = {row.id: row for row in db.session.execute(query)}
    for key in sorted({*charged, *priced}):
        said = priced.get(key)
        undone = said is not None and said.state != "done" and key not in charged
        if not undone and (said is None or charged.get(key) != (said.client_id, said.price)):
            yield f"mail: request {key} differs from its charge"


def _standing(branch_id: int, kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (PendingCharge.branch_id == branch_id, PendingCharge.origin.startswith(kind),
            ~PendingCharge.origin.contains(WITHDRAWN, autoescape=True))


CHECKS = (_storage, _requests)
