"""Copying a database out and in: SQLite by its own means, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from fastoffice.backup.archive import BackupError
from fastoffice.extensions import db


def member_name() -> str:
    """The archive member for the engine at hand."""
    return "database.sqlite" if db.engine.dialect.name == "sqlite" else "database.dump"


def dump(target: Path) -> None:
    """Copy the database, as of one moment, into a new file. Raises BackupError."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ROLLBACK")  # VACUUM does not run inside a transaction
            connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
            connection.exec_driver_sql("BEGIN")
        return
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"])


def check(copy: Path) -> None:
    """Open a copy and see that it is whole. Raises BackupError."""
    if copy.suffix == ".sqlite":
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
            try:
                result = connection.execute("PRAGMA integrity_check").fetchone()[0]
                broken = connection.execute("PRAGMA foreign_key_check").fetchone()
                connection.execute("SELECT count(*) FROM invoice").fetchone()
            except sqlite3.DatabaseError as error:
                raise BackupError(f"the database inside cannot be read: {error}") from error
        if result != "ok" or broken:
            raise BackupError(f"the database inside is damaged: {result if result != 'ok' else broken}")
    elif "TABLE DATA public invoice " not in _run("pg_restore", ["--list", str(copy)], connect=False):
        raise BackupError("the database inside has no invoices table")


def load(copy: Path) -> None:
    """Replace the database's contents by the copy's. Raises BackupError; PostgreSQL then keeps what it had."""
    if copy.suffix == ".sqlite":
        if db.engine.dialect.name != "sqlite":
            raise BackupError("this is a backup of SQLite; DATABASE_URL names another kind")
        place = db.engine.url.database or ""
        db.engine.dispose()
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(place, timeout=30)) as destination:
            source.backup(destination)
        return
    if db.engine.dialect.name != "postgresql":
        raise BackupError("this is a backup of PostgreSQL; DATABASE_URL names another kind")
    db.engine.dispose()
    _run("pg_restore", ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
                        "--exit-on-error", str(copy)])


def is_empty() -> bool:
    """Whether the database has no branch, or not even tables."""
    if not sa.inspect(db.engine).has_table("branch"):
        return True
    with db.engine.connect() as connection:
        return connection.execute(sa.text("SELECT 1 FROM branch LIMIT 1")).first() is None


def _tool(name: str) -> str:
    found = [str(path / name) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
             if (path / name).exists()]
    tool = next(iter(found), None) or shutil.which(name)
    if tool is None:
        raise BackupError(f"{name} was not found: install PostgreSQL's client programs")
    return tool


def _run(name: str, arguments: list[str], *, connect: bool = True) -> str:
    url, environment = db.engine.url, dict(os.environ)
    command = [_tool(name), *arguments]
    if connect:
        known = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
        command[1:1] = [f"--{key}={value}" for key, value in known.items() if value]
        if url.password:
            environment["PGPASSWORD"] = str(url.password)  # never on the command line, where others can read it
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{name}: {done.stderr.strip().splitlines()[0] if done.stderr.strip() else 'failed'}")
    return done.stdout
