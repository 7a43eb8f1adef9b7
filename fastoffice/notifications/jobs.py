"""Background entries of the outbox."""

from __future__ import annotations

from fastoffice import clock
from fastoffice.notifications import outdated, sending


def send_due() -> None:
    """Send what is queued, and take out of the trays what is no longer true."""
    sending.send_due(clock.now())
    outdated.withdraw()
