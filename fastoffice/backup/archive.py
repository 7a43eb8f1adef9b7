"""The archive: a zip with `manifest.json` last, which names every member, its size and its SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
_MEMBER = re.compile(r"database\.(sqlite|dump)|files/[0-9a-f]{64}")


class BackupError(Exception):
    """The archive cannot be made, read or restored; the text says why, for the person at the keyboard."""


class Writer:
    """Writes members and notes their hashes; the file appears under its name only when it is complete."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._zip = zipfile.ZipFile(self._part, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._members: list[dict[str, Any]] = []

    def add_file(self, name: str, source: Path) -> None:
        digest, size = hashlib.sha256(), 0
        with source.open("rb") as reader, self._zip.open(name, "w", force_zip64=True) as target:
            while part := reader.read(CHUNK):
                digest.update(part)
                size += len(part)
                target.write(part)
        self._members.append({"name": name, "size": size, "sha256": digest.hexdigest()})

    def add_bytes(self, name: str, data: bytes) -> None:
        self._zip.writestr(name, data)
        self._members.append({"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})

    def finish(self, **facts: Any) -> None:
        manifest = {"format": FORMAT, **facts, "members": self._members}
        self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self._zip.close()
        self._part.replace(self._path)

    def abandon(self) -> None:
        self._zip.close()
        self._part.unlink(missing_ok=True)


class Reader:
    """Reads an archive and believes only what its manifest proves. Raises BackupError for anything else."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
            names = [member["name"] for member in self.manifest["members"]]
        except FileNotFoundError as error:
            raise BackupError(f"there is no file {path}") from error
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
            raise BackupError(f"{path} is no backup of FastOffice, or it is incomplete") from error
        if self.manifest.get("format") != FORMAT:
            raise BackupError(f"{path} has a format that this version does not read")
        if sorted([*names, MANIFEST]) != sorted(self._zip.namelist()):
            raise BackupError(f"{path}: its contents are not those of its manifest")
        if not all(_MEMBER.fullmatch(name) for name in names):
            raise BackupError(f"{path}: unexpected names inside")

    @property
    def database_name(self) -> str:
        """The member that holds the database. Raises BackupError when there is none."""
        for member in self.manifest["members"]:
            if member["name"].startswith("database."):
                return str(member["name"])
        raise BackupError("the backup holds no database")

    def extract_checked(self, name: str, target: Path) -> None:
        """Unpack a member to `target` and check its hash."""
        with target.open("wb") as writer:
            for part in self._parts(name):
                writer.write(part)

    def bytes_checked(self, name: str) -> bytes:
        """A member's bytes, checked."""
        return b"".join(self._parts(name))

    def files(self) -> Iterator[str]:
        """The hashes of the stored files."""
        for member in self.manifest["members"]:
            if member["name"].startswith("files/"):
                yield member["name"].removeprefix("files/")

    def _parts(self, name: str) -> Iterator[bytes]:
        member = next(item for item in self.manifest["members"] if item["name"] == name)
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as reader:
                while part := reader.read(CHUNK):
                    digest.update(part)
                    size += len(part)
                    if size > member["size"]:
                        break
                    yield part
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise BackupError(f"{name} is damaged") from error
        if (digest.hexdigest(), size) != (member["sha256"], member["size"]):
            raise BackupError(f"{name} is damaged")

    def close(self) -> None:
        self._zip.close()
