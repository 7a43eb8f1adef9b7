"""Background entries of documents."""

from __future__ import annotations

from fastoffice import clock, work_queue
from fastoffice.documents import rendering


def render_due() -> None:
    """Render what is owed, then ring for the mails that waited for it."""
    if rendering.render_due(clock.now()):
        work_queue.ring_now("fastoffice.notifications.jobs.send_due")
