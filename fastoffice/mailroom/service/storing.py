"""Storage: what the days beyond the free ones cost, as charges on the client's next draft."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import clock
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import tax_profiles
from fastoffice.charges import queries as charged
from fastoffice.charges import service as charges
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.locale import date_short
from fastoffice.mailroom import names
from fastoffice.mailroom.models import MailItem, MailPolicy, MailRequest
from fastoffice.mailroom.rules import states, storage
from fastoffice.mailroom.service import loading

MILLI = 1_000


def charge(branch: Branch, item: MailItem, last: date, part: str, actor: Actor, now: datetime) -> int:
    """Charge the days until `last` (the branch's, inclusive) that cost and are on no charge yet; how many.

    `part` names the occasion ("h12" a hand-over, "2026-12" the end of a month): each charges once.
    """
    policy = loading.policy_of(branch.id)
    if item.client_id is None or policy.fee_per_day == 0:
        return 0
    days = days_to_pay(branch, item, policy, last) - charged_days(item)
    if days <= 0:
        return 0
    _add(branch, item, days, policy.fee_per_day, f"{origin(item)}.{part}", last, actor, now)
    return days


def days_to_pay(branch: Branch, item: MailItem, policy: MailPolicy, last: date) -> int:
    """How many days until `last` cost, charged or not."""
    received = clock.local_date(item.received_at, branch.timezone)
    return storage.days_to_pay(received, last, policy.free_days, _holds(branch, item))


def _holds(branch: Branch, item: MailItem) -> list[tuple[date, date]]:
    query = sa.select(MailRequest.decided_at, MailRequest.details).where(
        MailRequest.item_id == item.id, MailRequest.kind == states.HOLD, MailRequest.state == "done")
    return [(clock.local_date(row.decided_at, branch.timezone), date.fromisoformat(row.details["until"]))
            for row in db.session.execute(query)]


def charged_days(item: MailItem) -> int:
    """How many days stand on charges that were not dropped."""
    found = charged.of_origin(item.branch_id, origin(item))
    return sum(each.quantity_milli // MILLI for each in found if each.dropped_at is None)


def take_back(item: MailItem, part: str, actor: Actor, now: datetime) -> None:
    """Drop what an occasion charged, unless a document has it: then those days are not charged again."""
    for each in charged.of_origin(item.branch_id, f"{origin(item)}.{part}"):
        if not each.billed:
            charges.drop_charge(each, actor, now)


def origin(item: MailItem) -> str:
    """How charges name the piece."""
    return f"mail-storage:{item.id}"


def _add(branch: Branch, item: MailItem, days: int, fee: int, name: str, last: date, actor: Actor, now: datetime
         ) -> None:
    client = db.session.get_one(Client, item.client_id)
    language = client.language or branch.language
    with force_locale(language):
        said = _("Storage of mail: %(what)s, received %(day)s, until %(last)s", what=names.one(item),
                 day=date_short(clock.local_date(item.received_at, branch.timezone)), last=date_short(last))
    profile = tax_profiles(branch.id)[0]
    charges.add_charge(branch, client.id, None, said, last, days * MILLI, fee, profile.id, name, actor, now)


def charge_month(branch: Branch, item: MailItem, today: date, actor: Actor, now: datetime) -> int:
    """Charge what is still here until the end of last month; how many days."""
    last = today.replace(day=1) - timedelta(days=1)
    return charge(branch, item, last, f"{last:%Y-%m}", actor, now)
