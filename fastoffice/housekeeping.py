"""What is done once a day because it only takes room."""

from __future__ import annotations

from fastoffice import transaction
from fastoffice.identity.service.sessions import forget_expired_sessions


def daily() -> None:
    """Forget signed-out sessions whose cookies have expired."""
    transaction.run(forget_expired_sessions)
