"""The branch's prices and days, and how a client's calls are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailPolicy, MailSheet
from fastoffice.mailroom.service import loading
from fastoffice.notifications.kinds import EMAIL, WHATSAPP

FIELDS = ("free_days", "fee_per_day", "reminder_days", "reminder_at", "hold_days", "price_forward", "price_scan",
          "price_hold", "price_destroy", "photo_days")
_RANGES = {"free_days": (0, 365), "hold_days": (1, 365), "photo_days": (1, 3650), "fee_per_day": (0, 10**9),
           "price_forward": (0, 10**9), "price_scan": (0, 10**9), "price_hold": (0, 10**9), "price_destroy": (0, 10**9)}
CHANNELS = (EMAIL, WHATSAPP)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyData:
    """MailPolicy as somebody typed it; prices in minor units."""

    free_days: int
    fee_per_day: int
    reminder_days: tuple[int, ...]
    reminder_at: time
    hold_days: int
    price_forward: int
    price_scan: int
    price_hold: int
    price_destroy: int
    photo_days: int


def save_policy(branch: Branch, data: PolicyData, version: int, actor: Actor) -> None:
    """Save the numbers; what clients asked before keeps the price that they saw.

    Raises PolicyOutOfRange (field), ChangedMeanwhile.
    """
    for name, (low, high) in _RANGES.items():
        if not low <= getattr(data, name) <= high:
            raise errors.PolicyOutOfRange(name)
    if len(data.reminder_days) > 10 or any(not 1 <= day <= 365 for day in data.reminder_days):
        raise errors.PolicyOutOfRange("reminder_days")
    policy = db.session.get(MailPolicy, branch.id, with_for_update=True)
    if policy is None:
        policy = loading.policy_of(branch.id)
        db.session.add(policy)
    if policy.version != version:
        raise errors.ChangedMeanwhile
    wanted = {name: getattr(data, name) for name in FIELDS}
    wanted["reminder_days"] = sorted(set(data.reminder_days))
    changes = {name: [str(getattr(policy, name)), str(value)] for name, value in wanted.items()
               if getattr(policy, name) != value}
    for name, value in wanted.items():
        setattr(policy, name, value)
    if changes:
        audit.record(actor, "mail.policy_changed", ("branch", branch.id), {"changes": changes}, branch_id=branch.id)


def save_sheet(
    client: Client, greeting: str, pass_to: str, channels: Sequence[str], version: int, actor: Actor
) -> None:
    """How calls are answered and by which channels the client hears of its mail. Raises ChangedMeanwhile."""
    sheet = db.session.get(MailSheet, client.id, with_for_update=True)
    if (sheet.version if sheet else 0) != version:
        raise errors.ChangedMeanwhile
    if sheet is None:
        sheet = MailSheet(client_id=client.id, branch_id=client.branch_id)
        db.session.add(sheet)
    sheet.greeting = clean_text(greeting)[:300]
    sheet.pass_to = "\n".join(filter(None, (clean_text(line) for line in pass_to[:2000].splitlines())))
    sheet.channels = [name for name in CHANNELS if name in channels] or [EMAIL]
    audit.record(actor, "mail.sheet_changed", ("client", client.id), {"channels": sheet.channels},
                 branch_id=client.branch_id)
