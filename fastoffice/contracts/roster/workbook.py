"""xlsx, xls and ods through calamine; values of formulas are the ones stored with them."""

from __future__ import annotations

import io
import zipfile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from fastoffice.contracts.roster import guards
from fastoffice.contracts.roster.messages import N_, FileRefused
from fastoffice.contracts.roster.sheets import Sheet, trimmed

OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_MAGIC = b"PK\x03\x04"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
MOST_ROWS_IN_MEMORY = 100_000

NOT_A_SPREADSHEET = N_("This is not a spreadsheet. Upload the list as xlsx, xls, ods or csv.")


def read_zip(data: bytes) -> list[Sheet]:
    """The sheets of an xlsx or ods. Raises FileRefused."""
    with guards.open_zip(data) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names and not _is_ods(archive, names):
            raise FileRefused(NOT_A_SPREADSHEET)
        copy, uncomputed = guards.clean_copy(archive)
    return _sheets(copy, uncomputed)


def _is_ods(archive: zipfile.ZipFile, names: set[str]) -> bool:
    if "mimetype" not in names or "content.xml" not in names:
        return False
    return guards.unpack(archive, archive.getinfo("mimetype"), 1024).strip().startswith(_ODS)


def read_ole(data: bytes) -> list[Sheet]:
    """The sheets of an xls. Raises FileRefused; an encrypted xlsx comes in the same wrapper."""
    if _ENCRYPTED_PACKAGE in data:
        raise FileRefused(guards.PROTECTED)
    return _sheets(data, uncomputed=False)


def _sheets(data: bytes, uncomputed: bool) -> list[Sheet]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [
                _sheet(book.get_sheet_by_name(meta.name), uncomputed)
                for meta in book.sheets_metadata
                if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
            ]
    except PasswordError as error:
        raise FileRefused(guards.PROTECTED) from error
    except (CalamineError, ValueError, OSError) as error:
        raise FileRefused(guards.DAMAGED) from error


def _sheet(sheet: CalamineSheet, uncomputed: bool) -> Sheet:
    if sheet.total_height > MOST_ROWS_IN_MEMORY:
        raise FileRefused(guards.TOO_MANY_ROWS, limit=guards.MAX_ROWS)
    rows = trimmed(sheet.to_python(skip_empty_area=False))  # type: ignore[arg-type]
    return Sheet(sheet.name, rows, list(sheet.merged_cell_ranges or []), uncomputed)
