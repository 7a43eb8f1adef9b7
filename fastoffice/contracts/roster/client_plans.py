"""Which client each row speaks of, and what its rows change about it. Pure.

A client is known by its own RFC; without one (or with a generic one) by its name. A client that was known
by name alone and now comes with an RFC is the same client. Blank cells change nothing; addresses are added,
never taken away: what staff added in FastOffice stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fastoffice.clients.rules import name_key, own_tax_id
from fastoffice.contracts.roster.known import KnownClient, KnownContact
from fastoffice.contracts.roster.messages import N_, BadValue
from fastoffice.contracts.roster.plan import Change, ClientPlan
from fastoffice.contracts.roster.records import RosterRow

TEXTS = ("legal_name", "trade_name", "tax_regime", "cfdi_use", "fiscal_postal_code", "group")
TWO_OF_THAT_NAME = N_("Several clients are called “%(name)s”. Write the RFC to say which one.")


class ClientPlans:
    """The clients of one file, found one row at a time in the order of the file."""

    def __init__(self, known: Sequence[KnownClient]) -> None:
        self.plans: list[ClientPlan] = []
        self._by_tax_id: dict[str, ClientPlan] = {}
        self._by_name: dict[str, list[ClientPlan]] = defaultdict(list)
        for client in known:
            plan = ClientPlan(client, 0)
            if client.tax_id:
                self._by_tax_id[client.tax_id] = plan
            self._by_name[client.name_key].append(plan)

    def of(self, row: RosterRow) -> ClientPlan:
        """The plan of the row's client, which learns what the row says. Raises BadValue if it is unclear."""
        plan = self._find(row)
        if plan is None:
            plan = ClientPlan(None, row.number)
            self._by_name[name_key(row.legal_name)].append(plan)
        if not plan.values:
            plan.row = row.number
            self.plans.append(plan)
        tax_id = own_tax_id(row.tax_id)
        if tax_id:
            self._by_tax_id[tax_id] = plan
            plan.values.setdefault("tax_id", tax_id)
        _learn(plan, row)
        return plan

    def _find(self, row: RosterRow) -> ClientPlan | None:
        tax_id = own_tax_id(row.tax_id)
        if tax_id and tax_id in self._by_tax_id:
            return self._by_tax_id[tax_id]
        namesakes = self._by_name.get(name_key(row.legal_name), [])
        nameless = [plan for plan in namesakes if not _tax_id_of(plan)]
        if tax_id:
            return nameless[0] if len(nameless) == 1 else None
        if len(namesakes) > 1 and len(nameless) != 1:
            raise BadValue(TWO_OF_THAT_NAME, name=row.legal_name)
        return next(iter(nameless or namesakes), None)


def _tax_id_of(plan: ClientPlan) -> str | None:
    return (plan.known and plan.known.tax_id) or plan.values.get("tax_id")


def _learn(plan: ClientPlan, row: RosterRow) -> None:
    """The first row that says something about a client is right."""
    for name in TEXTS:
        if value := getattr(row, name):
            plan.values.setdefault(name, value)
    plan.emails += [email for email in row.emails if email not in plan.emails]
    plan.contact_name = plan.contact_name or row.contact_name
    plan.phone = plan.phone or row.phone or row.phone_written[:40]


def settle(plan: ClientPlan) -> None:
    """Fill in what changes, once every row was heard."""
    known = plan.known
    old_emails = [contact.email for contact in known.contacts] if known else []
    plan.new_emails = [email for email in plan.emails if email not in old_emails]
    if known is None:
        return
    plan.changes = [
        Change(name, getattr(known, name), plan.values[name])
        for name in (*TEXTS, "tax_id")
        if name in plan.values and plan.values[name] != getattr(known, name)
    ]
    if known.is_archived:
        plan.changes.append(Change("archived", "yes", "no"))
    plan.contact = _main_contact(known, plan.emails)
    for name, old, new in _contact_texts(plan):
        if new and new != old:
            plan.changes.append(Change(name, old, new))
    if plan.new_emails:
        plan.changes.append(Change("emails", tuple(filter(None, old_emails)), tuple(plan.new_emails)))


def _contact_texts(plan: ClientPlan) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """(field, what the contact has, what the file says) of name and telephone."""
    old = plan.contact
    return (
        ("contact_name", old.name if old else "", plan.contact_name),
        ("phone", old.phone if old else "", plan.phone),
    )


def _main_contact(known: KnownClient, emails: Sequence[str]) -> KnownContact | None:
    """The contact with the file's first address; the client's first one when the file gives no address."""
    if not emails:
        return next(iter(known.contacts), None)
    return next((contact for contact in known.contacts if contact.email == emails[0]), None)
