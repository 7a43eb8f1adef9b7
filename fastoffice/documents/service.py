"""Owing documents with their cause, and rendering what is owed.

The row comes first, in the unit of work that issues the subject; the file follows in a worker. A worker
leases, renders outside any transaction, stores by content and marks the row while its lease stands. It may
be killed at any line: the same subject gives the same bytes, so the next worker's file is the same file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastoffice import audit, bulk, clock, work_queue
from fastoffice.audit import Actor
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A document that is owed: one per (subject, kind). `filename` is what a reader will see."""

    branch_id: int
    subject_type: str
    subject_id: int
    kind: str
    filename: str


def owe_document(branch_id: int, subject: tuple[str, int], kind: str, filename: str) -> None:
    """Owe one document; owed twice is owed once."""
    owe_documents([DocumentSpec(branch_id, *subject, kind, filename)])


def owe_documents(specs: Sequence[DocumentSpec]) -> None:
    """Owe many with one insert, inside the unit of work of their cause; workers are told after the commit."""
    if not specs:
        return
    moment = clock.now()
    db.session.execute(insert_unless_there(bulk.table_of(Document)), [_row(spec, moment) for spec in specs])
    work_queue.ring("fastoffice.documents.jobs.render_due", queue="slow")


def keep_ready(spec: DocumentSpec, data: bytes, media_type: str) -> None:
    """A small file that is there already, such as a meeting for calendars: kept once for its subject and kind.

    The file comes before its row: where the unit is undone a file without a row is left, which housekeeping forgets. A
    row without its file, which the other order could leave, would be a mail that never goes.
    """
    kept, moment = files().put(data, media_type), clock.now()
    row = {**_row(spec, moment), "media_type": media_type, "state": "ready", "sha256": kept.sha256, "size": len(data),
           "ready_at": moment}
    db.session.execute(insert_unless_there(bulk.table_of(Document)), [row])


def _row(spec: DocumentSpec, moment: datetime) -> dict[str, object]:
    return {
        "branch_id": spec.branch_id, "subject_type": spec.subject_type, "subject_id": spec.subject_id,
        "kind": spec.kind, "filename": spec.filename[:120], "media_type": PDF, "state": "due", "attempts": 0,
        "error": "", "fence": 0, "created_at": moment, "next_attempt_at": moment,
    }


def try_again(document: Document, actor: Actor) -> None:
    """Put a failed document back among those that are due."""
    document.state, document.attempts, document.error = "due", 0, ""
    document.next_attempt_at = clock.now()
    audit.record(actor, "document.try_again", ("document", document.id), branch_id=document.branch_id)
    work_queue.ring("fastoffice.documents.jobs.render_due", queue="slow")

