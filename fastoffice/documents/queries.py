"""Reading documents: the state of many at once, and the bytes of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.errors import NotFound
from fastoffice.extensions import db

Key = tuple[str, int, str]  # subject type, subject id, kind
CHUNK = 500


def by_keys(keys: Iterable[Key]) -> dict[Key, Document]:
    """The documents of `keys`; one statement per subject type and kind, per 500 subjects."""
    rows = (row for query in _queries(sa.select(Document), keys) for row in db.session.scalars(query))
    return {(row.subject_type, row.subject_id, row.kind): row for row in rows}


def files_by_keys(keys: Iterable[Key]) -> dict[Key, Any]:
    """Like `by_keys`, for senders: rows of state, filename, media_type, sha256 and error only."""
    columns = (Document.subject_type, Document.subject_id, Document.kind, Document.state, Document.filename,
               Document.media_type, Document.sha256, Document.error)
    rows = (row for query in _queries(sa.select(*columns), keys) for row in db.session.execute(query))
    return {(row.subject_type, row.subject_id, row.kind): row for row in rows}


def _queries(query: Any, keys: Iterable[Key]) -> Iterator[Any]:
    wanted: dict[tuple[str, str], set[int]] = {}
    for subject_type, subject_id, kind in keys:
        wanted.setdefault((subject_type, kind), set()).add(int(subject_id))
    for (subject_type, kind), ids in wanted.items():
        for part in _chunks(sorted(ids)):
            yield query.where(
                Document.subject_type == subject_type, Document.kind == kind, Document.subject_id.in_(part))


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def document_of(subject: tuple[str, int], kind: str) -> Document | None:
    """The one document of this kind that a subject (type, id) has."""
    return by_keys([(*subject, kind)]).get((*subject, kind))


def documents_of(subject: tuple[str, int]) -> list[Document]:
    """All documents of a subject, oldest first."""
    query = sa.select(Document).where(Document.subject_type == subject[0], Document.subject_id == subject[1])
    return list(db.session.scalars(query.order_by(Document.id)))


def document_bytes(document: Document) -> bytes:
    """The file's content. Raises NotFound while it is not ready."""
    if document.sha256 is None:
        raise NotFound(_l("The PDF is not ready yet; try again in a minute."))
    return files().get(document.sha256)


def failed(branch_id: int, limit: int = 50) -> list[Document]:
    """Documents that could not be rendered: each is an alarm until it is tried again."""
    is_failed = sa.text("document.state = 'failed'")  # in full, so that its partial index serves
    query = sa.select(Document).where(Document.branch_id == branch_id, is_failed)
    return list(db.session.scalars(query.order_by(Document.id.desc()).limit(limit)))


def oldest_unfinished() -> datetime | None:
    """Since when the oldest document waits for a worker, in all branches."""
    unfinished = sa.text("document.state IN ('due', 'rendering')")
    return db.session.scalar(sa.select(sa.func.min(Document.created_at)).where(unfinished))
