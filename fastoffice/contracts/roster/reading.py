"""Bytes to sheets. What the file is, its first bytes say; its name only gives a csv its title."""

from __future__ import annotations

from pathlib import PurePath

from fastoffice.contracts.roster import guards
from fastoffice.contracts.roster.delimited import read_delimited
from fastoffice.contracts.roster.messages import FileRefused
from fastoffice.contracts.roster.sheets import Sheet
from fastoffice.contracts.roster.workbook import (
    NOT_A_SPREADSHEET,
    OLE_MAGIC,
    ZIP_MAGIC,
    read_ole,
    read_zip,
)
from fastoffice.folding import clean_text

_OTHER_FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")


def read_sheets(data: bytes, filename: str) -> list[Sheet]:
    """Every visible sheet of an xlsx, xls, ods or csv. Raises FileRefused with the reason."""
    guards.check_size(data)
    if data.startswith(ZIP_MAGIC):
        return read_zip(data)
    if data.startswith(OLE_MAGIC):
        return read_ole(data)
    if data.startswith(_OTHER_FILES):
        raise FileRefused(NOT_A_SPREADSHEET)
    return read_delimited(data, clean_text(PurePath(filename).stem) or "CSV")
