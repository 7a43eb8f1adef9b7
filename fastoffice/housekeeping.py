"""What is done once a day because it only takes room."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.documents.files import files
from fastoffice.documents.storage import FORGOTTEN_AFTER
from fastoffice.extensions import db
from fastoffice.guests.service import tokens
from fastoffice.identity import devices
from fastoffice.identity.portal import links
from fastoffice.identity.service.sessions import forget_expired_sessions

SHARDS = [f"{number:02x}" for number in range(256)]


def daily() -> None:
    """Forget sessions that have expired, links and codes that ended, from where guests wrote, files without rows."""
    transaction.run(forget_expired_sessions)
    transaction.run(links.forget_old, clock.now())
    transaction.run(devices.forget_codes, clock.now())
    transaction.run(tokens.forget_addresses, clock.now())
    forget_files_without_rows(clock.machine_seconds())


def forget_files_without_rows(now: float) -> int:
    """Remove what a process stored that died before it could say so; how many files went. `now`: machine seconds.

    A file younger than a day may belong to a unit of work that is not committed yet, and stays.
    """
    storage, removed = files(), 0
    for shard in SHARDS:
        old = storage.written_before(shard, now - FORGOTTEN_AFTER)
        known = _hashes_of_rows(shard) if old else set()
        for path, sha256 in old.items():
            if sha256 not in known or not path.endswith(sha256):
                storage.remove(path)
                removed += 1
    return removed


def _hashes_of_rows(shard: str) -> set[str]:
    """The hashes that start with these two digits, of every column that remembers a file."""
    columns = [column for table in db.metadata.tables.values() for column in table.columns
               if column.name.endswith("sha256")]
    found = {one for column in columns
             for one in db.session.scalars(sa.select(column).where(column >= shard, column < shard + "g"))}
    db.session.rollback()
    return found
