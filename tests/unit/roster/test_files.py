"""Files as they come: every format and encoding, and those that must not be opened (cases 38 and 43)."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastoffice.contracts.roster import (
    FileRefused,
    child,
    delimited,
    guards,
    parse_in_child,
    parse_roster,
    workbook,
)
from fastoffice.contracts.roster.reading import read_sheets
from fastoffice.contracts.roster.text import Cell
from tests.unit.roster.sheets import (
    FIXTURES,
    HEADER,
    OTHER,
    ROW,
    csv_text,
    part,
    sample,
    with_part,
    xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsx(HEADER, ROW)


def names(data: bytes) -> list[str]:
    return [row.legal_name for row in parse_roster(data, "contratos").rows]


def reason(data: bytes, filename: str = "contratos.xlsx") -> str:
    with pytest.raises(FileRefused) as refusal:
        parse_roster(data, filename)
    return refusal.value.message.msgid


@pytest.mark.parametrize("filename", ["roster.xls", "roster.ods"])
def test_old_excel_and_open_document_read_like_new_excel(filename: str) -> None:
    parsed = parse_roster((FIXTURES / filename).read_bytes(), filename)
    assert [
        (row.legal_name, row.fiscal_postal_code, row.prompt_price, row.list_price) for row in parsed.rows
    ] == [
        ("Íñigo Núñez Gómez", "06600", 230000, 280000),
        ("Energía Flores, SAS", "64000", 89000, 119000),
    ]
    assert not parsed.problems
    assert [ignored.row for ignored in parsed.ignored] == [7, 8]


@pytest.mark.parametrize("filename", ["roster.csv", "roster", "roster.pdf", "..\\..\\evil.xls"])
def test_the_name_of_a_file_decides_nothing(filename: str) -> None:
    assert names((FIXTURES / "roster.ods").read_bytes()) == ["Íñigo Núñez Gómez", "Energía Flores, SAS"]
    assert parse_roster(xlsx(HEADER, ROW), filename).sheet == "Contratos"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_in_every_usual_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    text = csv_text(HEADER, ROW, OTHER, delimiter=delimiter)
    assert names(text.encode(encoding)) == ["Íñigo Núñez Gómez", "Energía Flores, SAS"]


def test_prices_with_commas_do_not_hide_the_semicolon() -> None:
    rows = [(*ROW[:6], "$8,900.00", "$10,650.00"), (*OTHER[:6], "$1,890.00", "$2,190.50")]
    parsed = parse_roster(csv_text(HEADER, *rows, delimiter=";").encode(), "a.csv")
    assert [row.list_price for row in parsed.rows] == [1065000, 219050]


def test_the_delimiter_that_excel_declares_is_taken_and_row_numbers_stay() -> None:
    parsed = parse_roster(("sep=;\r\n" + csv_text(HEADER, ROW, delimiter=";")).encode(), "a.csv")
    assert (parsed.header_row, parsed.rows[0].number) == (2, 3)


def test_a_quoted_cell_may_hold_the_delimiter_quotes_and_line_breaks() -> None:
    name = 'Grupo "El Águila",\nS.A.'
    assert names(csv_text(HEADER, (name, *ROW[1:])).encode()) == ['Grupo "El Águila", S.A.']


@pytest.mark.parametrize("lines_after", [0, 1, 40])
def test_a_quote_left_open_is_refused_with_its_row(lines_after: int) -> None:
    bad = '"' + csv_text(OTHER)
    text = csv_text(HEADER, ROW) + bad + csv_text(*[ROW] * lines_after)
    with pytest.raises(FileRefused) as refusal:
        parse_roster(text.encode(), "a.csv")
    assert refusal.value.message.msgid == delimited.OPEN_QUOTE
    assert refusal.value.message.params == {"row": 3}


def test_a_quote_that_swallows_half_the_file_before_it_closes_is_refused() -> None:
    text = csv_text(HEADER) + '"' + csv_text(*[ROW] * 60) + 'x"\r\n'
    assert reason(text.encode()) == delimited.OPEN_QUOTE


def test_a_cell_of_a_million_characters_is_refused_with_its_row() -> None:
    assert reason((csv_text(HEADER) + "x" * 50_000 + "," + csv_text(ROW)).encode()) == delimited.LONG_CELL
    assert reason((csv_text(HEADER) + "x" * 1_000_000 + "\n").encode()) == delimited.OPEN_QUOTE


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", guards.EMPTY),
        (b"%PDF-1.7 ...", workbook.NOT_A_SPREADSHEET),
        (b"\x89PNG\r\n\x1a\n....", workbook.NOT_A_SPREADSHEET),
        (bytes(range(256)) * 20, workbook.NOT_A_SPREADSHEET),
        (b"PK\x03\x04 not really", guards.DAMAGED),
        (workbook.OLE_MAGIC + b"\0" * 600, guards.DAMAGED),
        (workbook.OLE_MAGIC + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), guards.PROTECTED),
        (b"<html><table><tr><td>RFC</td></tr></table></html>", delimited.WEB_PAGE),
        (b"<?xml version='1.0'?><Workbook/>", delimited.XML_FILE),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>', delimited.XML_FILE),
        (b"\xff\xfea", delimited.UNREADABLE_TEXT),
        (b"caf\x81", delimited.UNREADABLE_TEXT),
    ],
)
def test_what_is_no_spreadsheet_is_refused_in_plain_words(data: bytes, message: str) -> None:
    assert reason(data) == message


def test_more_than_twenty_megabytes_are_refused_unread() -> None:
    assert reason(b"a" * (guards.MAX_BYTES + 1)) == guards.TOO_BIG


def test_another_kind_of_zip_is_no_spreadsheet() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert reason(target.getvalue()) == workbook.NOT_A_SPREADSHEET


def test_two_hundred_kilobytes_that_unpack_to_four_hundred_megabytes_are_refused_from_the_directory() -> None:
    data = bomb(400 * guards.MEGABYTE)
    assert len(data) < 500_000
    started = time.process_time()
    assert reason(data) == guards.UNPACKS_TOO_BIG
    assert time.process_time() - started < 1


def test_a_part_that_shrinks_a_thousandfold_is_refused_below_the_total_limit_too() -> None:
    assert reason(bomb(50 * guards.MEGABYTE)) == guards.UNPACKS_TOO_BIG


def test_a_directory_that_lies_about_sizes_gains_nothing() -> None:
    data = bomb(150 * guards.MEGABYTE, claimed=1000)
    assert reason(data) == guards.DAMAGED


def test_the_bound_holds_while_unpacking_even_if_the_directory_was_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guards, "MAX_RATIO", 10**9)
    with zipfile.ZipFile(io.BytesIO(bomb(8 * guards.MEGABYTE))) as archive, pytest.raises(FileRefused):
        guards.unpack(archive, archive.getinfo(SHEET), guards.MEGABYTE)


def bomb(size: int, claimed: int | None = None) -> bytes:
    """A workbook whose sheet is `size` blanks, packed; its directory may claim another size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block, crc = b" " * guards.MEGABYTE, 0
    once = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # after which the next megabyte looks the same
    for _ in range(size // len(block)):
        crc = zlib.crc32(block, crc)
    packed = once * (size // len(block)) + packer.flush()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return _append(target.getvalue(), SHEET.encode(), packed, crc, claimed or size)


def _append(data: bytes, name: bytes, packed: bytes, crc: int, size: int) -> bytes:
    """`data` (a zip with one entry) with another entry of already packed bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        directory_at = archive.start_dir
    directory, tail = data[directory_at:-22], data[-22:]
    sizes = struct.pack("<IIIHH", crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + name
    entry = (
        b"PK\x01\x02"
        + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33)
        + sizes
        + struct.pack("<HHHII", 0, 0, 0, 0, directory_at)
        + name
    )
    directory += entry
    end = tail[:8] + struct.pack("<HHIIH", 2, 2, len(directory), directory_at + len(local) + len(packed), 0)
    return data[:directory_at] + local + packed + directory + end


def test_xml_with_a_document_type_is_refused() -> None:
    data = xlsx(HEADER, ROW)
    body = part(data, SHEET).split(b"?>")[-1]
    laughs = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + body
    assert reason(with_part(data, SHEET, laughs)) == guards.HAS_DOCTYPE
    assert reason(with_part(data, SHEET, laughs.decode().encode("utf-16"))) == guards.HAS_DOCTYPE
    assert (
        reason(with_part(data, "xl/workbook.xml", b"<!doctype x>" + part(data, "xl/workbook.xml")))
        == guards.HAS_DOCTYPE
    )


def test_an_open_document_with_a_document_type_is_refused() -> None:
    data = (FIXTURES / "roster.ods").read_bytes()
    content = part(data, "content.xml").replace(b"?>", b'?><!DOCTYPE x SYSTEM "file:///etc/passwd">', 1)
    assert reason(with_part(data, "content.xml", content)) == guards.HAS_DOCTYPE


def test_a_damaged_sheet_is_refused() -> None:
    data = xlsx(HEADER, ROW)
    assert reason(with_part(data, SHEET, part(data, SHEET)[:400])) == guards.DAMAGED


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("A1048576", guards.TOO_MANY_ROWS),
        ("A30000", guards.TOO_MANY_ROWS),
        ("XFD4", guards.TOO_MANY_COLUMNS),
        ("GS4", guards.TOO_MANY_COLUMNS),
    ],
)
def test_one_filled_cell_far_out_is_refused_before_it_fills_the_memory(cell: str, message: str) -> None:
    data = xlsx(HEADER, ROW)
    row = "".join(char for char in cell if char.isdigit())
    far = f'<row r="{row}"><c s="0" r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    assert reason(with_part(data, SHEET, part(data, SHEET).replace(b"</sheetData>", far))) == message


def test_empty_formatted_cells_far_out_do_no_harm() -> None:
    data = xlsx(HEADER, ROW)
    far = b'<row r="90000"><c r="A90000" s="0"/><c r="XFD90000" s="0" t="inlineStr"></c></row></sheetData>'
    assert names(with_part(data, SHEET, part(data, SHEET).replace(b"</sheetData>", far))) == [ROW[0]]


def test_a_million_rows_are_refused_quickly() -> None:
    row = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
    rows = b"".join(row % (number, number) for number in range(10, 1_000_010))
    data = with_part(
        xlsx(HEADER), SHEET, part(xlsx(HEADER), SHEET).replace(b"</sheetData>", rows + b"</sheetData>")
    )
    text = (csv_text(HEADER) + "x,y\r\n" * 1_000_000).encode()
    started = time.process_time()
    assert reason(data) == guards.TOO_MANY_ROWS
    assert reason(text) == guards.TOO_MANY_ROWS
    assert time.process_time() - started < 5


def test_twenty_thousand_and_one_rows_are_too_many_and_empty_rows_below_do_not_count() -> None:
    blank = "\r\n" * 500
    cells: list[list[Cell]] = read_sheets((csv_text(*[("a", "b")] * 19_000) + blank).encode(), "a")[0].rows
    assert len(cells) == 19_000
    assert reason(csv_text(*[("a", "b")] * 20_001).encode()) == guards.TOO_MANY_ROWS


def test_two_hundred_and_one_columns_are_too_many() -> None:
    assert reason(csv_text(["x"] * 201).encode()) == guards.TOO_MANY_COLUMNS


def test_the_parser_sees_only_checked_parts() -> None:
    data = with_part(xlsx(HEADER, ROW), "xl/vbaProject.bin", b"macro" * 100)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        copy, _ = guards.clean_copy(archive)
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert "xl/vbaProject.bin" not in archive.namelist()
    assert names(data) == [ROW[0]]


def test_a_formula_gives_its_stored_value_and_one_without_value_says_so() -> None:
    data = xlsx(HEADER, (*ROW[:6], "=2000+300", 2800))
    parsed = parse_roster(data, "a.xlsx")
    assert [problem.message_id for problem in parsed.errors] == [
        "This cell is empty or a formula without its result: save the file in Excel once."
    ]
    stored = part(data, SHEET).replace(b"<v></v>", b"<v>2300</v>").replace(b"<v />", b"<v>2300</v>")
    assert [row.prompt_price for row in parse_roster(with_part(data, SHEET, stored), "a.xlsx").rows] == [
        230000
    ]


def test_text_that_looks_like_a_formula_or_a_page_stays_text() -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    for name in (evil, "+cmd|' /C calc'!A0", "@SUM(A1)", "<script>alert(1)</script>", "{{7*7}}"):
        assert names(csv_text(HEADER, (name, *ROW[1:])).encode()) == [name]


def test_hidden_sheets_are_not_read() -> None:
    data = xlsx(HEADER, ROW)
    book = part(data, "xl/workbook.xml").replace(b'state="visible"', b'state="hidden"')
    assert b'state="hidden"' in book
    assert (
        reason(with_part(data, "xl/workbook.xml", book))
        == "No row with the names of the columns was found in the first %(rows)s rows of any sheet."
    )


def test_the_limited_child_reads_what_the_parser_reads() -> None:
    assert parse_in_child(sample(), "contratos.xlsx") == parse_roster(sample(), "contratos.xlsx")


def test_the_limited_child_passes_a_refusal_on() -> None:
    with pytest.raises(FileRefused) as refusal:
        parse_in_child(bomb(400 * guards.MEGABYTE), "bomb.xlsx")
    assert refusal.value.message.msgid == guards.UNPACKS_TOO_BIG


def test_an_old_excel_that_kills_its_reader_costs_only_the_child() -> None:
    with pytest.raises(FileRefused) as refusal:
        parse_in_child((FIXTURES / "aborts-the-reader.xls").read_bytes(), "a.xls")
    assert refusal.value.message.msgid == child.TOO_MUCH


def test_an_open_document_that_repeats_one_cell_without_end_costs_only_the_child() -> None:
    data = (FIXTURES / "roster.ods").read_bytes()
    content = part(data, "content.xml")
    cell = b'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    row = b'<table:table-row table:number-rows-repeated="1048576">' + cell + b"</table:table-row>"
    endless = content.replace(b"<table:table-row", row + b"<table:table-row", 1)
    with pytest.raises(FileRefused):
        parse_in_child(with_part(data, "content.xml", endless), "a.ods")


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 0.05)
    with pytest.raises(FileRefused) as refusal:
        parse_in_child(sample(), "contratos.xlsx")
    assert refusal.value.message.msgid == child.TOO_SLOW


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_workbooks_are_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([GOOD, part(GOOD, SHEET), csv_text(HEADER, ROW).encode()])))
    for _change in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    damaged = with_part(GOOD, SHEET, bytes(content)) if content[:5] == b"<work" else bytes(content)
    with contextlib.suppress(FileRefused):
        parse_roster(damaged, "a.xlsx")
