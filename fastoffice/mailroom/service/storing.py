"""Storage: what the days beyond the free ones cost, as charges on the client's next draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import bulk, clock
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

KIND, MILLI = "mail-storage:", 1_000
BACK = ".back-"  # in the origin of what gives a billed charge back


def charge(branch: Branch, item: MailItem, last: date, part: str, actor: Actor, now: datetime) -> int:
    """Charge the days until `last` (the branch's, inclusive) that cost and are on no charge yet; how many.

    `part` names the occasion ("h12" a hand-over, "2026-12" the end of a month): each charges once.
    """
    return charge_all(branch, [item], last, part, actor, now)


def charge_all(branch: Branch, items: Sequence[MailItem], last: date, part: str, actor: Actor, now: datetime) -> int:
    """The same of many, which takes as many statements to find out what costs as one; how many days."""
    fee, total = loading.policy_of(branch.id).fee_per_day, 0
    due = days_due(branch, items, last)
    for item in items:
        if days := due.get(item.id, 0):
            _add(branch, item, days, fee, f"{origin(item)}.{part}", last, actor, now)
            total += days
    return total


def days_due(branch: Branch, items: Sequence[MailItem], last: date) -> dict[int, int]:
    """How many days until `last` cost and stand on no charge, by piece; nothing where none do. Two statements.

    Days that were waived are not asked for again; days whose charge was withdrawn with a slip are.
    """
    policy, mine = loading.policy_of(branch.id), [each for each in items if each.client_id is not None]
    if not policy.fee_per_day or not mine:
        return {}
    charged, holds = _charged_days(branch, mine), _holds(branch, mine)
    due = {each.id: storage.days_to_pay(_received(branch, each), last, policy.free_days, holds[each.id])
           - charged[each.id] for each in mine}
    return {key: days for key, days in due.items() if days > 0}


def days_to_pay(branch: Branch, item: MailItem, policy: MailPolicy, last: date) -> int:
    """How many days until `last` cost, charged or not."""
    return storage.days_to_pay(_received(branch, item), last, policy.free_days, _holds(branch, [item])[item.id])


def _received(branch: Branch, item: MailItem) -> date:
    return clock.local_date(item.received_at, branch.timezone)


def _holds(branch: Branch, items: Sequence[MailItem]) -> dict[int, list[tuple[date, date]]]:
    """The holds (first, last day) of each piece."""
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    query = sa.select(MailRequest.item_id, MailRequest.decided_at, MailRequest.details).where(
        MailRequest.kind == states.HOLD, MailRequest.state == "done")
    for row in bulk.rows_in(query, MailRequest.item_id, [each.id for each in items]):
        found[row.item_id].append(
            (clock.local_date(row.decided_at, branch.timezone), date.fromisoformat(row.details["until"])))
    return found


def _charged_days(branch: Branch, items: Sequence[MailItem]) -> dict[int, int]:
    """How many days of each piece stand on charges, those that were waived too."""
    found: dict[int, int] = defaultdict(int)
    for each in charged.of_origins(branch.id, KIND, min(_received(branch, item) for item in items)):
        if not each.is_withdrawn:
            days = each.quantity_milli // MILLI
            found[int(each.origin.removeprefix(KIND).partition(".")[0])] += days if each.unit_price > 0 else -days
    return found


def take_back(item: MailItem, part: str, actor: Actor, now: datetime) -> None:
    """Withdraw what an occasion charged, unless a document has it: then those days are not charged again."""
    for each in charged.of_origin(item.branch_id, f"{origin(item)}.{part}", client_id=item.client_id or 0):
        if not each.billed:
            charges.withdraw_charge(each, actor, now)


def give_up(branch: Branch, item: MailItem, actor: Actor, now: datetime) -> None:
    """The piece is not the client's who has it: withdraw its storage, and give back what a document has of it."""
    known = charged.of_origin(item.branch_id, origin(item), client_id=item.client_id or 0)
    returned = {each.origin.rpartition(BACK)[2] for each in known if BACK in each.origin}
    for each in known:
        if not each.billed and each.dropped_at is None and BACK not in each.origin:
            charges.withdraw_charge(each, actor, now)
        elif each.billed and each.unit_price > 0 and str(each.id) not in returned:
            charges.add_charge(
                branch, each.client_id, each.contract_id, each.description, clock.local_date(now, branch.timezone),
                each.quantity_milli, -each.unit_price, each.tax_profile_id, f"{origin(item)}{BACK}{each.id}", actor,
                now)


def origin(item: MailItem) -> str:
    """How charges name the piece."""
    return f"{KIND}{item.id}"


def _add(branch: Branch, item: MailItem, days: int, fee: int, name: str, last: date, actor: Actor, now: datetime
         ) -> None:
    client = db.session.get_one(Client, item.client_id)
    language = client.language or branch.language
    with force_locale(language):
        said = _("Storage of mail: %(what)s, received %(day)s, until %(last)s", what=names.one(item),
                 day=date_short(clock.local_date(item.received_at, branch.timezone)), last=date_short(last))
    profile = tax_profiles(branch.id)[0]
    charges.add_charge(branch, client.id, None, said, last, days * MILLI, fee, profile.id, name, actor, now)


def charge_month(branch: Branch, items: Sequence[MailItem], today: date, actor: Actor, now: datetime) -> int:
    """Charge what is still here until the end of last month; how many days."""
    last = today.replace(day=1) - timedelta(days=1)
    return charge_all(branch, items, last, f"{last:%Y-%m}", actor, now)
