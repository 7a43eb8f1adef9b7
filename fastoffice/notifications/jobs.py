"""Background entries of the outbox."""

from __future__ import annotations

from fastoffice import clock
from fastoffice.notifications import sending


def send_due() -> None:
    """Send what is queued."""
    sending.send_due(clock.now())
