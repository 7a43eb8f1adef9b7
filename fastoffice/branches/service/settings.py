"""Changing what a branch is: its data, issuer, account, logo, policy, holidays."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches import rules
from fastoffice.branches.models import BankAccount, Branch, BranchHoliday, BranchPolicy
from fastoffice.branches.queries import primary_account
from fastoffice.documents.files import files
from fastoffice.documents.images import clean_image
from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.extensions import db

BRANCH_FIELDS = ("name", "address", "phone", "email", "timezone", "language")
ISSUER_FIELDS = ("legal_name", "tax_id", "tax_regime", "postal_code", "address")
POLICY_FIELDS = (
    "prompt_days", "minimum_days", "list_days", "business_days", "extend_on_holiday", "auto_issue_at",
    "auto_issue_day", "reminder_days", "reminder_at", "prorate", "apply_credit", "default_channels",
    "payment_methods", "mails_per_minute", "invoice_note",
)


def save_branch(actor: Actor, branch: Branch, values: dict[str, Any], version: int) -> None:
    """Set BRANCH_FIELDS. Raises Conflict when `version` is not the newest, Refusal naming a field."""
    _check_version(branch, version)
    wanted = {name: values[name] for name in BRANCH_FIELDS if name in values}
    if "name" in wanted and not wanted["name"].strip():
        raise Refusal(_l("A branch needs a name."), field="name")
    if "timezone" in wanted:
        rules.check_time_zone(wanted["timezone"])
    _apply(actor, "branch.changed", ("branch", branch.id), branch, wanted, branch.id)


def save_issuer(actor: Actor, branch: Branch, values: dict[str, Any], version: int) -> None:
    """Set ISSUER_FIELDS of the branch's fiscal issuer. Issued documents keep what they were issued with."""
    _check_version(branch, version)
    wanted = {name: str(values[name]).strip() for name in ISSUER_FIELDS if name in values}
    if not wanted.get("legal_name", "x"):
        raise Refusal(_l("Write the legal name."), field="legal_name")
    if wanted.get("tax_id"):
        wanted["tax_id"] = rules.check_tax_id(wanted["tax_id"], branch.country)
    if "postal_code" in wanted:
        wanted["postal_code"] = rules.check_postal_code(wanted["postal_code"], branch.country)
    issuer = branch.issuer
    sharing = list(db.session.scalars(sa.select(Branch).where(Branch.issuer_id == issuer.id)))
    for each in sharing:
        _apply(actor, "issuer.changed", ("issuer", issuer.id), issuer, wanted, each.id, last=each is sharing[-1])
    branch.version += 1


def save_account(actor: Actor, branch: Branch, clabe: str, bank_name: str, holder: str, version: int) -> bool:
    """Set the account that invoices ask to be paid into; True when its bank is known to us.

    Raises Refusal (field "clabe") for a number that does not check out.
    """
    _check_version(branch, version)
    number, bank = rules.check_clabe(clabe)
    account = primary_account(branch.id)
    if account is None:
        account = BankAccount(branch_id=branch.id, clabe=number)
        db.session.add(account)
    before = account.clabe
    account.clabe, account.is_primary = number, True
    account.bank_name = bank_name.strip() or bank or ""
    account.holder = holder.strip()
    branch.version += 1
    db.session.flush()
    audit.record(actor, "bank_account.changed", ("bank_account", account.id),
                 {"before": before, "clabe": number, "bank": account.bank_name}, branch_id=branch.id)
    return bank is not None


def keep_picture(picture: bytes) -> str:
    """Clean an uploaded picture and store it; its SHA-256. Slow, so before the unit of work.

    Raises ImageRefused for what is no picture.
    """
    png, _width, _height = clean_image(picture)
    return files().put(png, "image/png").sha256


def set_logo(actor: Actor, branch: Branch, sha256: str, version: int) -> None:
    """Print the stored picture on the branch's documents from now on."""
    _check_version(branch, version)
    branch.logo_sha256 = sha256
    audit.record(actor, "branch.logo_changed", ("branch", branch.id), {"sha256": branch.logo_sha256},
                 branch_id=branch.id)


def remove_logo(actor: Actor, branch: Branch, version: int) -> None:
    """Print documents with the branch's name instead of a picture; the file stays with old documents."""
    _check_version(branch, version)
    branch.logo_sha256 = None
    audit.record(actor, "branch.logo_removed", ("branch", branch.id), {}, branch_id=branch.id)


def save_policy(actor: Actor, policy: BranchPolicy, values: dict[str, Any], version: int) -> None:
    """Set POLICY_FIELDS. What is issued already keeps its deadline. Raises Conflict or Refusal (field)."""
    _check_version(policy, version)
    wanted = rules.check_policy({name: values[name] for name in POLICY_FIELDS if name in values})
    _apply(actor, "policy.changed", ("branch", policy.branch_id), policy, wanted, policy.branch_id)


def add_holiday(actor: Actor, branch: Branch, day: date, name: str) -> None:
    """Close the branch on `day`. Raises Refusal when it is on the list already."""
    known = sa.select(BranchHoliday.id).where(BranchHoliday.branch_id == branch.id, BranchHoliday.day == day)
    if db.session.scalar(known) is not None:
        raise Refusal(_l("That day is on the list already."), field="day")
    holiday = BranchHoliday(branch_id=branch.id, day=day, name=name.strip())
    db.session.add(holiday)
    db.session.flush()
    audit.record(actor, "holiday.added", ("holiday", holiday.id), {"day": day.isoformat(), "name": holiday.name},
                 branch_id=branch.id)


def remove_holiday(actor: Actor, branch: Branch, holiday_id: int) -> None:
    """Take a day off the branch's list. Raises NotFound for another branch's."""
    holiday = db.session.get(BranchHoliday, holiday_id)
    if holiday is None or holiday.branch_id != branch.id:
        raise NotFound(_l("There is no such record in this branch."))
    audit.record(actor, "holiday.removed", ("holiday", holiday.id), {"day": holiday.day.isoformat()},
                 branch_id=branch.id)
    db.session.delete(holiday)


def _check_version(row: Branch | BranchPolicy, version: int) -> None:
    if row.version != version:
        raise Conflict(_l("Somebody else changed these settings meanwhile. Nothing was saved."))


def _apply(
    actor: Actor, action: str, subject: tuple[str, int], row: Any, wanted: dict[str, Any], branch_id: int,
    *, last: bool = True,
) -> None:
    """Set what differs and note it, before and after; nothing to note where nothing differs."""
    changes = {name: [_plain(getattr(row, name)), _plain(value)]
               for name, value in wanted.items() if getattr(row, name) != value}
    if not changes:
        return
    audit.record(actor, action, subject, {"changes": changes}, branch_id=branch_id)
    if last:
        for name in changes:
            setattr(row, name, wanted[name])


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str, list, type(None))) else str(value)
