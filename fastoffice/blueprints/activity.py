"""What clients open and download, told to a worker: the page that they look at writes nothing (docs/adr/0009)."""

from __future__ import annotations

from fastoffice import clock, work_queue

JOB = "fastoffice.billing.jobs.note_activity"
COUNTS = ("link", "account")  # staff that look over a shoulder are not the client


def note(invoice_id: int, kind: str, via: str) -> None:
    """`kind`: opened or downloaded; `via`: link, account, or who does not count. Lost without harm."""
    if via in COUNTS:
        work_queue.ring_now(JOB, invoice_id, kind, via, clock.now().isoformat())
