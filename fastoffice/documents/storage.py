"""Files kept under their own content: what was stored is what comes back, or an error.

A file's key is made of the SHA-256 of its bytes ("sha256/ab/cd/abcd…"), so equal bytes are one file, nothing
is ever overwritten by something else, and a row that remembers the hash can prove what it points to. The place
comes from STORAGE_URL: a local folder ("file:///srv/fastoffice/files"), S3 ("s3://bucket/prefix") or, for
tests, "memory://name".
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, BinaryIO

import fsspec
from fsspec.implementations.local import LocalFileSystem

from fastoffice import clock

_SHA256 = re.compile(r"[0-9a-f]{64}")
# A file that nobody points to is forgotten after a day (in seconds). Whoever stores the same bytes again while it
# is older than half of that writes it anew, so that nothing just stored is old.
FORGOTTEN_AFTER = 86_400.0
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StorageError(Exception):
    """The storage could not do it."""


class StorageFull(StorageError):
    """No room left; nothing was stored."""


class FileMissing(StorageError):
    """There is no such file in the storage."""


class FileDamaged(StorageError):
    """The stored bytes are not those that were put there."""


@dataclass(frozen=True)
class StoredFile:
    """What a row remembers of a file. ``size`` in bytes; ``key`` is its path within the storage."""

    sha256: str
    size: int
    media_type: str
    key: str


def key_of(sha256: str) -> str:
    """The path of the bytes with this hash. Raises ValueError for anything that is no lower-case SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class Storage:
    """One place of files. Threads and processes may share it."""

    def __init__(self, url: str) -> None:
        self._fs, root = fsspec.core.url_to_fs(url)
        self._root = root.rstrip("/")

    def put(self, data: bytes, media_type: str) -> StoredFile:
        """Store the bytes, or find them stored. A file is there whole or not at all.

        Raises StorageFull when there is no room, StorageError when the place refuses.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        stored = StoredFile(sha256=sha256, size=len(data), media_type=media_type, key=key_of(sha256))
        path = f"{self._root}/{stored.key}"
        try:
            if not self._has(path, len(data), clock.machine_seconds() - FORGOTTEN_AFTER / 2):
                self._write(path, data)
        except OSError as error:
            kind = StorageFull if error.errno in _FULL else StorageError
            raise kind(f"cannot store {len(data)} bytes: {error.strerror or error}") from error
        return stored

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash, verified. Raises FileMissing, FileDamaged or StorageError."""
        path = f"{self._root}/{key_of(sha256)}"
        try:
            data: bytes = self._fs.cat_file(path)
        except FileNotFoundError as error:
            raise FileMissing(sha256) from error
        except OSError as error:
            raise StorageError(f"cannot read {sha256}: {error.strerror or error}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileDamaged(sha256)
        return data

    def open(self, sha256: str) -> BinaryIO:
        """The bytes with this hash as a readable file, verified before the first one is handed out."""
        return BytesIO(self.get(sha256))

    def exists(self, sha256: str) -> bool:
        """Whether a file with this hash is stored (its content is checked when read)."""
        return bool(self._fs.exists(f"{self._root}/{key_of(sha256)}"))

    def hashes(self) -> Iterator[str]:
        """The hash of every stored file, for checking files against rows."""
        for path in self._fs.find(f"{self._root}/sha256"):
            name = path.rsplit("/", 1)[-1]
            if _SHA256.fullmatch(name):
                yield name

    def written_before(self, shard: str, moment: float) -> dict[str, str]:
        """Path -> hash of the files whose hash starts with `shard` (two digits) that are older than `moment`,
        in seconds of the machine's clock.

        What a writer that was killed left half way stands there too, with the hash of what it was to be.
        """
        folder = f"{self._root}/sha256/{shard}"
        found: dict[str, dict[str, Any]] = self._fs.find(folder, detail=True) if self._fs.exists(folder) else {}
        return {path: path.rsplit("/", 1)[-1][:64] for path, info in found.items() if _written_at(info) < moment}

    def remove(self, path: str) -> None:
        """Take away a file that `written_before` answered; one that is gone already is no fault."""
        try:
            self._fs.rm_file(path)
        except FileNotFoundError:
            return

    def _has(self, path: str, size: int, since: float) -> bool:
        """Not one of another size, which is damaged; nor one so old that it might be forgotten just now."""
        try:
            info = self._fs.info(path)
            return bool(info["size"] == size) and _written_at(info) >= since
        except FileNotFoundError:
            return False

    def _write(self, path: str, data: bytes) -> None:
        if isinstance(self._fs, LocalFileSystem):
            _write_local(path, data)
        else:
            self._fs.pipe_file(path, data)  # object stores show a file only when it is complete


def _written_at(info: dict[str, Any]) -> float:
    """When a file was written: each kind of storage has its own word for it."""
    moment: float | datetime = info.get("mtime") or info.get("LastModified") or info["created"]
    return moment.timestamp() if isinstance(moment, datetime) else moment


def _write_local(path: str, data: bytes) -> None:
    """Beside its place, to the disk, then renamed: no reader ever sees half a file, no crash leaves one."""
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    temporary = f"{path}.{secrets.token_hex(8)}.part"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@lru_cache(maxsize=8)
def storage_at(url: str) -> Storage:
    """The storage of a STORAGE_URL, one object per process."""
    return Storage(url)
