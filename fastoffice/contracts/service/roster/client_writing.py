"""The clients of an import: new ones, changed ones, and their contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastoffice.branches.models import Branch
from fastoffice.clients import service_many as clients
from fastoffice.contracts.roster.client_plans import TEXTS
from fastoffice.contracts.roster.plan import ClientPlan


def write_clients(branch: Branch, plans: Sequence[ClientPlan], at: datetime) -> dict[int, int]:
    """Write every client of the plan. Ids by the Python identity of their plan."""
    new = [plan for plan in plans if plan.known is None]
    changed = [plan for plan in plans if plan.known is not None and plan.changes]
    new_ids = clients.add_clients(branch.id, branch.language, [_values(plan) for plan in new], at)
    clients.change_clients([_values(plan) for plan in changed])
    ids = {id(plan): plan.known.id for plan in plans if plan.known is not None}
    ids |= {id(plan): number for plan, number in zip(new, new_ids, strict=True)}
    clients.add_contacts(branch.id, [row for plan in plans for row in _new_contacts(plan, ids[id(plan)])])
    clients.change_contacts([_contact(plan) for plan in changed if _contact_changes(plan)])
    return ids


def _values(plan: ClientPlan) -> dict[str, Any]:
    """What the client holds now: the file's words over the known ones."""
    known = plan.known
    values: dict[str, Any] = {
        name: plan.values.get(name, getattr(known, name) if known else "") for name in TEXTS
    }
    values["tax_id"] = plan.values.get("tax_id", known.tax_id if known else None)
    contacts = known.contacts if known else ()
    values["words"] = [plan.contact_name, *plan.emails, plan.phone]
    values["words"] += [word for contact in contacts for word in (contact.name, contact.email, contact.phone)]
    if known:
        values |= {"id": known.id, "version": known.version}
    return values


def _new_contacts(plan: ClientPlan, client_id: int) -> list[dict[str, Any]]:
    """A contact for each new address; the file's first address goes with its name and telephone."""
    rows = [{"client_id": client_id, "name": "", "email": email, "phone": ""} for email in plan.new_emails]
    if plan.contact is None and (plan.contact_name or plan.phone):
        rows = rows or [{"client_id": client_id, "name": "", "email": "", "phone": ""}]
        rows[0] |= {"name": plan.contact_name, "phone": plan.phone}
    return rows


def _contact_changes(plan: ClientPlan) -> bool:
    return plan.contact is not None and any(
        change.field in ("contact_name", "phone") for change in plan.changes
    )


def _contact(plan: ClientPlan) -> dict[str, Any]:
    known = plan.contact
    if known is None:
        raise ValueError("a client without a contact has none to change")
    return {"id": known.id, "name": plan.contact_name or known.name, "phone": plan.phone or known.phone}
