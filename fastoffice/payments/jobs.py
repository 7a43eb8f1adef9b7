"""What workers do for payments: each finds in the database what is due."""

from __future__ import annotations

from fastoffice import clock, quiet_ring, transaction
from fastoffice.payments.service.online import autopay, looking, polling, reading, refunds_due, syncing, warning


def read_events() -> None:
    """Read what the processor told us."""
    quiet_ring.hear_out()
    reading.read_all(clock.now())


def look_after_attempts() -> None:
    """Bring attempts up to date whose time has come."""
    looking.look(clock.now())


def look_after_refunds() -> None:
    """Ask for refunds that nobody heard of, and how the others stand."""
    refunds_due.look(clock.now())


def charge_kept_cards() -> None:
    """Charge what clients ordered to be charged by itself."""
    autopay.charge_all(clock.now())


def warn_of_cards() -> None:
    """Tell clients whose card ends this month."""
    transaction.run(warning.expiring, clock.now())


def sync_attempt(attempt_id: int) -> None:
    """Somebody came back from the processor's page."""
    syncing.sync(attempt_id, clock.now())


def poll_account(account_id: int) -> None:
    """Compare a branch's payments with the processor's."""
    polling.poll(account_id, clock.now())
