"""Background entries of documents."""

from __future__ import annotations

from fastoffice import clock, work_queue
from fastoffice.documents import rendering

PORTION, PORTIONS = 4 * rendering.BATCH, 8  # documents between two rings, and how often in one job


def render_due() -> None:
    """Render what is owed, a portion at a time, and ring for the mails that waited for each."""
    for _portion in range(PORTIONS):
        if not rendering.render_due(clock.now(), limit=PORTION):
            break
        work_queue.ring_now("fastoffice.notifications.jobs.send_due")
