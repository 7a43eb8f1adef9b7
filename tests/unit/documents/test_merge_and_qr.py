"""Batches for the printer, and codes for the telephone."""

from __future__ import annotations

import io

import pytest
import segno
from PIL import Image
from pypdf import PdfReader

from fastoffice.documents.merge import MergeError, merge_pdfs
from fastoffice.documents.pdf import render_pdf
from fastoffice.documents.qr import qr_png
from tests.factories import documents as papers

ADDRESS = "https://polanco.fastoffice.example/pay/Zk3vQ8h2mX0pLr7sT1uWyA"


def texts_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_batch_is_one_file_in_the_given_order() -> None:
    batch = [
        render_pdf(document.template, document, lang="es")
        for document in (papers.cover_sheet(), papers.invoice(lines=40), papers.receipt())
    ]
    merged = merge_pdfs(batch)
    texts = texts_of(merged)
    assert len(texts) == sum(len(texts_of(each)) for each in batch) >= 4
    assert "En este sobre" in texts[0]
    assert "Factura" in texts[1]
    assert "Recibo de pago" in texts[-1]


def test_fonts_of_equal_documents_are_kept_once() -> None:
    receipt = papers.receipt()
    one = render_pdf(receipt.template, receipt, lang="es")
    assert len(merge_pdfs([one] * 10)) < 4 * len(one)


def test_a_file_that_is_no_pdf_is_named_by_its_position() -> None:
    receipt = papers.receipt()
    with pytest.raises(MergeError) as caught:
        merge_pdfs([render_pdf(receipt.template, receipt, lang="es"), b"not a pdf"])
    assert caught.value.position == 1


def test_nothing_to_print_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to merge"):
        merge_pdfs([])


def test_the_png_shows_exactly_the_modules_of_the_code() -> None:
    image = Image.open(io.BytesIO(qr_png(ADDRESS, scale=2)))
    expected = list(segno.make(ADDRESS, error="m", micro=False, boost_error=False).matrix_iter(border=2))
    assert image.mode == "L"
    assert image.size == (len(expected) * 2, len(expected) * 2)
    shown = [[image.getpixel((x * 2, y * 2)) == 0 for x in range(len(expected))] for y in range(len(expected))]
    assert shown == [[bool(module) for module in row] for row in expected]


def test_an_address_longer_than_any_code_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr_png("x" * 4000)
