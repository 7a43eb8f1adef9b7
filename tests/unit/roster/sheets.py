"""Builders of small spreadsheets for the tests of the roster import."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "roster"
HEADER = (
    "Razón social",
    "RFC",
    "Servicio",
    "Oficina",
    "Inicio",
    "Vencimiento",
    "Pago puntual",
    "Precio de lista",
)
ROW = ("Íñigo Núñez Gómez", "NUGI6110226Y8", "Coworking", "104", "03/07/2025", "03/07/2027", 2300, 2800)
OTHER = ("Energía Flores, SAS", "EFI7808226ZA", "Oficina virtual", "", "29/08/2024", "28/08/2027", 890, 1190)


def sample() -> bytes:
    """The list that the Polanco branch really keeps."""
    return (FIXTURES / "contratos-polanco.xlsx").read_bytes()


def xlsx(*rows: Any, merges: tuple[str, ...] = ()) -> bytes:
    """A workbook with one sheet, "Contratos"."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Contratos"
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(**sheets: list[Any]) -> bytes:
    """A workbook with several sheets by name."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()


def csv_text(*rows: Any, delimiter: str = ",") -> str:
    """Rows as plain csv; only cells with the delimiter, a quote or a line break are quoted."""
    lines = []
    for row in rows:
        cells = [str(cell) for cell in row]
        lines.append(delimiter.join(_quoted(cell, delimiter) for cell in cells))
    return "\r\n".join(lines) + "\r\n"


def _quoted(cell: str, delimiter: str) -> str:
    if any(mark in cell for mark in (delimiter, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same zip with one part replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, content)
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)
