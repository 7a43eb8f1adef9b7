"""How many statements a page costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from fastoffice.extensions import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL sent inside the block, without savepoints."""
    sent: list[str] = []

    def note(*event: object) -> None:
        text = str(event[2])
        if not text.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            sent.append(text)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
