"""Create, verify, restore."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from fastoffice import clock
from fastoffice.backup import engines
from fastoffice.backup.archive import BackupError, Reader, Writer
from fastoffice.documents.files import files
from fastoffice.documents.storage import StorageError
from fastoffice.extensions import db
from fastoffice.processes import pulse


@dataclass(frozen=True, slots=True)
class Summary:
    """What an archive holds: `files` stored files beside the database; `created_at` ISO 8601."""

    path: str
    engine: str
    files: int
    bytes: int
    created_at: str


def create(path: Path) -> Summary:
    """Write a new archive. Raises BackupError; a half-written one never stands under its name."""
    if path.exists():
        raise BackupError(f"{path} exists already; backups are never overwritten")
    if not path.parent.is_dir():
        raise BackupError(f"there is no folder {path.parent}")
    db.session.rollback()  # a reader of our own would keep the copy waiting
    writer = Writer(path)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            copy = Path(folder) / engines.member_name()
            engines.dump(copy)
            writer.add_file(engines.member_name(), copy)
        count = 0
        for sha256 in files().hashes():
            writer.add_bytes(f"files/{sha256}", files().get(sha256))
            count += 1
        created = clock.now()
        writer.finish(created_at=created.isoformat(), engine=db.engine.dialect.name)
    except BaseException as error:
        writer.abandon()
        if isinstance(error, (StorageError, OSError)):
            raise BackupError(str(error)) from error
        raise
    pulse.beat("backup", created, files=count)
    return Summary(str(path), db.engine.dialect.name, count, path.stat().st_size, created.isoformat())


def verify(path: Path) -> Summary:
    """Open an archive, check every hash and the database inside. Raises BackupError with the first fault."""
    reader = Reader(path)
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / reader.database_name
            reader.extract_checked(reader.database_name, copy)
            engines.check(copy)
        count = 0
        for sha256 in reader.files():
            reader.bytes_checked(f"files/{sha256}")
            count += 1
    finally:
        reader.close()
    return Summary(str(path), reader.manifest["engine"], count, path.stat().st_size, reader.manifest["created_at"])


def restore(path: Path, *, overwrite: bool = False) -> Summary:
    """Put an archive's contents in place of the database's. Nothing is touched before all of it was verified.

    Raises BackupError, also when the database holds branches and `overwrite` was not said.
    """
    if not overwrite and not engines.is_empty():
        raise BackupError("the database is not empty; say --yes to replace what it holds")
    summary = verify(path)
    reader = Reader(path)
    try:
        for sha256 in reader.files():
            files().put(reader.bytes_checked(f"files/{sha256}"), "application/octet-stream")
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / reader.database_name
            reader.extract_checked(reader.database_name, copy)
            db.session.remove()
            engines.load(copy)
    finally:
        reader.close()
    return summary
