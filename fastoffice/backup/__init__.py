"""One archive with everything: the database as of one moment, every stored file, and a manifest of hashes.

The database is copied first. Files are never changed and never removed, so every file that a row of that
moment names is there when the files are copied after it.
"""

from fastoffice.backup.archive import BackupError
from fastoffice.backup.service import Summary, create, restore, verify

__all__ = ["BackupError", "Summary", "create", "restore", "verify"]
