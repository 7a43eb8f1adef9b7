"""What is due of payments at a moment."""

from __future__ import annotations

from datetime import datetime

from fastoffice.payments.service.online import autopay, events, looking, polling, reading, refunds_due, warning
from fastoffice.units import Unit

JOBS = "fastoffice.payments.jobs."


def due_units(now: datetime) -> list[Unit]:
    """Events to read, attempts and refunds to look after, accounts to compare."""
    units = [events.READ] if reading.count_due(now) else []
    if looking.count_due(now):
        units.append(Unit(f"{JOBS}look_after_attempts"))
    if refunds_due.count_due(now):
        units.append(Unit(f"{JOBS}look_after_refunds"))
    if autopay.due(now):
        units.append(Unit(f"{JOBS}charge_kept_cards"))
    if warning.count_expiring(now):
        units.append(Unit(f"{JOBS}warn_of_cards"))
    return units + [Unit(f"{JOBS}poll_account", (account_id,), queue="slow") for account_id in polling.due(now)]
