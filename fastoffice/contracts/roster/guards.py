"""Cheap checks before anything is parsed, and a clean copy of a zip that holds only what was checked.

A spreadsheet is a zip of XML. What the directory of the zip declares is checked first, nothing unpacked; then
every XML part is unpacked under a bound, searched for document types and for cells out of bounds, and stored
again. The parser sees that copy alone, so a directory that lies gains nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from fastoffice.contracts.roster.messages import N_, FileRefused

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
MAX_UNPACKED = 100 * MEGABYTE
MAX_RATIO = 200
RATIO_COUNTS_FROM = MEGABYTE
MAX_PARTS = 2_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
CHUNK = 256 * 1024

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROW_FAR = rb"[A-Z]+(?:[3-9]\d{4}|\d{6,})"
_COLUMN_FAR = rb"(?:[A-Z]{3,}|[H-Z][A-Z]|G[S-Z])\d+"
# A cell that holds something (an empty styled one closes itself or closes at once).
_CELL = rb"<c\b[^>]*\sr=[\"']%s[\"'][^>]*[^/]>(?!\s*</c>)"
_CELL_IN_FAR_ROW = re.compile(_CELL % _ROW_FAR)
_CELL_IN_FAR_COLUMN = re.compile(_CELL % _COLUMN_FAR)
_FORMULA_WITHOUT_VALUE = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>|<f[^>]*/>\s*</c>")
_ENCRYPTED = 0x1
# What the zip reader raises for bytes that are no sound zip.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)

TOO_BIG = N_("The file is larger than %(limit)s MB.")
UNPACKS_TOO_BIG = N_("The file unpacks to far more than a contracts list can need; it was not opened.")
DAMAGED = N_("The file is damaged: it cannot be opened. Save it again and upload the new one.")
PROTECTED = N_("The file is protected with a password. Save it without one and upload it again.")
HAS_DOCTYPE = N_("The file contains XML definitions that no spreadsheet needs; it was not opened.")
TOO_MANY_ROWS = N_("The sheet has more than %(limit)s rows.")
TOO_MANY_COLUMNS = N_("The sheet has more than %(limit)s columns.")
EMPTY = N_("The file is empty.")


def check_size(data: bytes) -> None:
    """Raises FileRefused for an empty upload or one of more than 20 MB."""
    if not data:
        raise FileRefused(EMPTY)
    if len(data) > MAX_BYTES:
        raise FileRefused(TOO_BIG, limit=MAX_BYTES // MEGABYTE)


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The zip, after its directory was found believable. Raises FileRefused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE as error:
        raise FileRefused(DAMAGED) from error
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise FileRefused(UNPACKS_TOO_BIG)
    if len(names) != len(entries):
        raise FileRefused(DAMAGED)
    for entry in entries:
        _check_entry(entry)
    return archive


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise FileRefused(PROTECTED)
    large = entry.file_size > RATIO_COUNTS_FROM
    if large and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise FileRefused(UNPACKS_TOO_BIG)


def clean_copy(archive: zipfile.ZipFile) -> tuple[bytes, bool]:
    """(a zip of the checked XML, True if a formula came without its value). Raises FileRefused."""
    target = io.BytesIO()
    uncomputed = False
    left = MAX_UNPACKED
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for entry in archive.infolist():
            if not entry.filename.endswith((".xml", ".rels")) and entry.filename != "mimetype":
                continue
            content = unpack(archive, entry, left)
            left -= len(content)
            check_xml(content)
            if entry.filename.startswith("xl/worksheets/"):
                check_cells(content)
                uncomputed = uncomputed or bool(_FORMULA_WITHOUT_VALUE.search(content))
            copy.writestr(entry.filename, content)
    return target.getvalue(), uncomputed


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """The part's content; raises FileRefused as soon as it passes `limit` bytes or is damaged."""
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(entry) as stream:
            for piece in _pieces(stream):
                size += len(piece)
                if size > limit:
                    raise FileRefused(UNPACKS_TOO_BIG)
                pieces.append(piece)
    except _UNREADABLE as error:
        raise FileRefused(DAMAGED) from error
    return b"".join(pieces)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def check_xml(content: bytes) -> None:
    """Raises FileRefused for document types, entities and for encodings that could hide them."""
    if b"\0" in content[:200] or _DOCTYPE.search(content):
        raise FileRefused(HAS_DOCTYPE)


def check_cells(content: bytes) -> None:
    """Raises FileRefused when a filled cell lies so far out that the table would fill the memory."""
    if _CELL_IN_FAR_ROW.search(content):
        raise FileRefused(TOO_MANY_ROWS, limit=MAX_ROWS)
    if _CELL_IN_FAR_COLUMN.search(content):
        raise FileRefused(TOO_MANY_COLUMNS, limit=MAX_COLUMNS)
