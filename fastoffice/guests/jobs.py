"""What workers do for guests' bookings."""

from __future__ import annotations

from contextlib import suppress

from fastoffice import clock
from fastoffice.guests.service import looking
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.service.online import refunding


def look_after() -> None:
    """All whose time has come."""
    looking.look(clock.now())


def send_refund(refund_id: int) -> None:
    """Ask for a refund now; where nobody answers, whoever looks after refunds asks again."""
    with suppress(GatewayAway, GatewayRefused):
        refunding.send(refund_id, clock.now())
