"""The printed documents say what they were given, in the client's language, and load nothing else."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from jinja2 import UndefinedError
from PIL import Image
from pypdf import PdfReader

from fastoffice.documents.assets import AssetRefused, Assets
from fastoffice.documents.contexts import Document, PaymentInstructions, TaxTotal
from fastoffice.documents.pdf import pdf_of, render_pdf
from fastoffice.documents.templating import clabe_group, language_of, monogram, render_html
from fastoffice.documents.text import printable
from tests.factories import documents as papers

EVERY_DOCUMENT = [papers.invoice(), papers.cancellation(), papers.receipt(), papers.cover_sheet()]


def read(document: Document, lang: str = "es") -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(document.template, document, lang=lang)))


def words(document: Document, lang: str = "es") -> str:
    """The text of all pages, one blank between words."""
    return " ".join(" ".join(page.extract_text() for page in read(document, lang).pages).split())


def placed(document: Document) -> list[tuple[str, float, float]]:
    """Every text of the first page with the millimetres from the left and from the top where it starts."""
    found: list[tuple[str, float, float]] = []

    def note(text: str, cm: Any, tm: Any, _font: Any, _size: Any) -> None:
        across = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        up = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        found.append((text, across / 72 * 25.4, (792 - up) / 72 * 25.4))

    read(document).pages[0].extract_text(visitor_text=note)
    return found


def html(document: Document, lang: str = "es") -> str:
    return render_html(document.template, {**document.as_context(), "assets": Assets()}, lang)


def logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 120), "teal").save(out, "PNG")
    return out.getvalue()


# -- what an invoice says


def test_an_invoice_of_six_lines_is_one_page_and_says_everything() -> None:
    invoice = papers.invoice()
    assert len(read(invoice).pages) == 1
    said = words(invoice)
    for expected in (
        "PLC-000412",
        "Pago puntual",
        "Fast Office Polanco",
        "Espacios Ejecutivos Polanco, S.A. de C.V.",
        "RFC EEP150312H47",
        "Logística Güemes López, S.C.",
        "RFC LGL850313D98",
        "601 General de Ley Personas Morales",
        "Roma Norte, Cuauhtémoc C.P. 06600 Atención: Óscar Martínez",
        "1 de diciembre de 2026",
        "Diciembre 2026",
        "Oficina privada 2 pers. · Of. 402",
        "Subtotal $12,873.50",
        "IVA 16 % $2,059.76",
        "Total MXN $14,933.26",
        "CATORCE MIL NOVECIENTOS TREINTA Y TRES PESOS 26/100 M.N.",
        "BBVA México",
        "0121 8000 1234 5678 95",
        "PLC0004127",
        "Transferencia SPEI",
        "Página 1 de 1",
    ):
        assert expected in said


def test_the_box_says_the_exact_day_and_hour_and_what_comes_after() -> None:
    said = words(papers.invoice())
    assert "Precio de pago puntual hasta el 5 de diciembre de 2026, 23:59" in said
    assert "Después: $16,963.26 (precio de lista)" in said


def test_an_invoice_at_list_price_says_so_and_has_no_box() -> None:
    said = words(papers.invoice(stage="list", prompt=None, due_on=date(2026, 12, 10), replaces="PLC-000412"))
    assert "Precio de lista" in said
    assert "Pago puntual" not in said
    assert "hasta el" not in said
    assert "Fecha de vencimiento 10 de diciembre de 2026" in said
    assert "Reemplaza a PLC-000412" in said


def test_what_was_paid_and_what_is_left_are_rows_of_their_own() -> None:
    said = words(papers.invoice(paid=500_000, balance=993_326))
    assert "Ya pagado −$5,000.00" in said
    assert "Saldo por pagar $9,933.26" in said
    assert "Ya pagado" not in words(papers.invoice())


def test_withholdings_are_subtracted_by_name() -> None:
    said = words(papers.invoice(withholdings=(TaxTotal(label="Retención ISR 1.25 %", amount=16_092),)))
    assert "Retención ISR 1.25 % −$160.92" in said


def test_quantities_lose_their_zeros_and_only_those() -> None:
    line = replace(papers.invoice().lines[0], quantity=Decimal("2.50"))
    assert re.search(r"Of\. 402 2\.5 \$", words(replace(papers.invoice(), lines=(line,))))


def test_sixty_lines_run_over_pages_that_are_counted_and_keep_their_heading() -> None:
    reader = read(papers.invoice(lines=60))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) >= 3
    for number, text in enumerate(pages, 1):
        assert f"Página {number} de {len(pages)}" in text
    assert all("Precio unitario" in text for text in pages[:2])


def test_another_currency_carries_its_code_on_every_amount() -> None:
    said = words(papers.invoice(currency="USD"))
    assert "Total USD 14,933.26 USD" in said
    assert "DÓLARES AMERICANOS 26/100 USD" in said
    assert "$" not in said


def test_an_invoice_with_nothing_to_pay_does_not_say_how_to_pay() -> None:
    assert "Cómo pagar" not in words(papers.invoice(payment=None))
    assert "Cómo pagar" in words(papers.invoice(payment=PaymentInstructions(reference="PLC1")))


def test_the_pay_link_is_a_link_and_a_described_picture() -> None:
    reader = read(papers.invoice())
    links = [note["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]
    assert links == [papers.BANK.pay_url]
    assert 'alt="Código QR de la página de pago"' in html(papers.invoice())


# -- the other papers


def test_a_cancellation_shows_both_documents_why_and_what_to_do() -> None:
    said = words(papers.cancellation())
    for expected in (
        "CANCELADA",
        "6 de diciembre de 2026, 00:00",
        "No recibimos el pago completo",
        "PLC-000412 · Pago puntual",
        "$10,324.00",
        "PLC-000476 · Precio de lista",
        "$12,354.00",
        "$11,854.00",
        "ONCE MIL OCHOCIENTOS CINCUENTA Y CUATRO PESOS 00/100 M.N.",
        "Vence el 10 de diciembre de 2026",
        "Qué hacer ahora",
        "Cómo pagar la factura PLC-000476",
        "PLC0004766",
    ):
        assert expected in said


def test_a_cancellation_without_replacement_names_none() -> None:
    said = words(papers.cancellation(replacement=None, payment=None, next_steps=()))
    assert "Reemplazada por Ninguna" in said
    assert "PLC-000476" not in said


def test_a_receipt_says_who_took_what_for_which_invoices() -> None:
    said = words(papers.receipt())
    for expected in (
        "R-PLC-000088",
        "DOCE MIL PESOS 00/100 M.N.",
        "$12,000.00",
        "Transferencia SPEI",
        "4 de diciembre de 2026",
        "MBAN01002612040098",
        "Mariana Ruiz",
        "PLC-000348",
        "PLC-000412",
        "Saldo a su favor",
        "$676.00",
        "Gracias por su pago.",
    ):
        assert expected in said


def test_a_reversed_receipt_is_void_and_thanks_nobody() -> None:
    said = words(papers.receipt(reversed_on=date(2026, 12, 14), reversal_reason="Cheque devuelto"))
    assert "Revertido el 14 de diciembre de 2026 · Cheque devuelto" in said
    assert "Gracias" not in said


def test_a_cover_sheet_lists_what_is_in_the_envelope() -> None:
    said = words(papers.cover_sheet())
    assert "Factura PLC-000412 $10,324.00 1" in said
    assert "Aviso de cancelación PLC-000348 1" in said


def test_the_address_stands_in_the_window_of_the_envelope() -> None:
    """A No. 10 envelope shows 60 to 82 mm from the top of a letter folded in three, 22 to 111 mm from its left."""
    seen = [
        (top, left)
        for text, left, top in placed(papers.cover_sheet())
        if any(part in text for part in ("Óscar", "Logística", "Chapultepec", "06600"))
    ]
    assert len(seen) >= 2
    for top, left in seen:
        assert 60 <= top <= 82
        assert 22 <= left <= 60


# -- languages


@pytest.mark.parametrize("document", EVERY_DOCUMENT, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("lang", ["es", "en", "ro", "es-MX"])
def test_every_document_speaks_every_language(document: Document, lang: str) -> None:
    assert document.number in words(document, lang)


def test_english_and_romanian_say_their_own_words() -> None:
    assert "Prompt price until December 5, 2026, 23:59" in words(papers.invoice(), "en")
    assert "Preț pentru plata la timp până la 5 decembrie 2026, 23:59" in words(papers.invoice(), "ro")
    assert "ONE" not in words(papers.invoice(), "es")


@pytest.mark.parametrize(
    ("asked", "spoken"), [("es-MX", "es"), ("en_GB", "en"), ("RO", "ro"), ("fr", "es"), ("", "es")]
)
def test_a_language_that_we_do_not_speak_is_spanish(asked: str, spoken: str) -> None:
    assert language_of(asked) == spoken


# -- the file itself


@pytest.mark.parametrize("document", EVERY_DOCUMENT, ids=lambda each: type(each).__name__)
def test_every_document_is_tagged_titled_and_embeds_its_fonts(document: Document) -> None:
    reader = read(document)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es-MX"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.number in (reader.metadata.title or "")
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    fonts = reader.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert "Inter" in descendant["/BaseFont"]
        assert "/FontFile2" in descendant["/FontDescriptor"] or "/FontFile3" in descendant["/FontDescriptor"]


def test_the_tables_of_a_document_have_headings_for_screen_readers() -> None:
    page = html(papers.invoice())
    cells = re.findall(r"<th\b[^>]*>", page)
    assert cells
    assert all("scope=" in cell for cell in cells)


def test_the_same_values_give_the_same_bytes() -> None:
    invoice = papers.invoice()
    assert render_pdf(invoice.template, invoice, lang="es") == render_pdf(invoice.template, invoice, lang="es")


def test_a_logo_takes_the_place_of_the_monogram() -> None:
    with_logo = replace(papers.POLANCO, logo=logo())
    assert len(read(papers.invoice(issuer=with_logo)).pages[0].images) == 2
    assert 'class="mark"' not in html(papers.invoice(issuer=with_logo))
    assert 'class="mark">FO<' in html(papers.invoice())


def test_a_value_that_is_missing_stops_the_document() -> None:
    context = papers.invoice().as_context()
    del context["total"]
    with pytest.raises(UndefinedError, match="total"):
        render_pdf("documents/invoice.html", context, lang="es")


# -- strangers' text


HOSTILE = "<img src=file:///etc/passwd><script>alert(1)</script>{{7*7}}{% raw %}&lt;b&gt;"


def hostile(text: str) -> list[Document]:
    """Every document with ``text`` in every field that a stranger can fill."""
    client = replace(papers.LOGISTICA, name=text, address=(text, text), attention=text, fiscal_regime=text)
    line = replace(papers.invoice_lines(1)[0], description=text, detail=text, tax_label=text)
    return [
        replace(papers.invoice(client=client, notes=(text,), purchase_order=text), lines=(line,)),
        papers.cancellation(client=client, reason=text, next_steps=(text,), notes=(text,)),
        papers.receipt(client=client, reference=text, taken_by=text, method=text, reversed_on=date(2026, 1, 1),
                       reversal_reason=text),
        papers.cover_sheet(recipient=client, message=text),
    ]


@pytest.mark.parametrize("document", hostile(HOSTILE), ids=lambda each: type(each).__name__)
def test_markup_and_placeholders_in_a_name_stay_text(document: Document) -> None:
    page = html(document)
    assert "<script" not in page
    assert "file:///etc/passwd&gt;" in page
    assert not re.search(r"<img src=\"?file", page)
    assert "{{7*7}}" in page
    said = words(document).replace(" ", "")
    assert "<imgsrc=file:///etc/passwd>" in said
    assert "root:" not in said


@pytest.mark.parametrize("document", hostile("\u202egnp.exe\u200b\u2066\u00ad\x07\ufeff\U000e0041fin"),
                         ids=lambda each: type(each).__name__)
def test_invisible_and_direction_characters_do_not_reach_the_paper(document: Document) -> None:
    page = html(document)
    assert "gnp.exefin" in page
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\u00ad\ufeff\x00-\x08\U000e0000-\U000e0fff]", page)


def test_a_right_to_left_name_does_not_turn_what_stands_beside_it() -> None:
    client = replace(papers.LOGISTICA, name="חברת בניה 100")
    said = words(papers.invoice(client=client))
    assert "RFC LGL850313D98" in said
    assert "Total MXN $14,933.26" in said


def test_a_word_without_end_is_broken_and_stays_on_the_paper() -> None:
    client = replace(papers.LOGISTICA, name="W" * 400, address=("x" * 300,))
    document = papers.invoice(client=client, notes=("n" * 1000,))
    assert words(document).replace(" ", "").count("W") == 400
    longest = max(len(text.strip()) for text, _left, _top in placed(document))
    assert longest < 200
    assert all(0 <= left < 200 for text, left, _top in placed(document) if text.strip())


def test_half_characters_and_nulls_do_not_break_the_encoder() -> None:
    assert printable("a\ud800b\x00c\r\nd\u2028e") == "abc\nd\ne"
    assert words(papers.receipt(taken_by="a\ud800\x00b"))


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1:1/x.png",
        "https://example.com/x.png",
        "//example.com/x.png",
        "ftp://example.com/x",
        "data:image/svg+xml,<svg/>",
        "static:///../config.py",
        "static:///../../instance/fastoffice.db",
        "/etc/passwd",
        "asset:unknown",
        "fonts/%2e%2e/%2e%2e/config.py",
    ],
)
@pytest.mark.parametrize(
    "markup",
    [
        '<img alt=x src="{}">',
        '<p style="background:url(\'{}\')">x</p>',
        '<link rel=stylesheet href="{}">',
        '<style>@import url("{}");</style>',
        '<style>@font-face {{font-family:x;src:url("{}")}} p {{font-family:x}}</style><p>x',
        '<object data="{}"></object>',
        '<link rel=attachment href="{}">',
    ],
)
def test_a_document_that_asks_for_anything_else_is_stopped(address: str, markup: str) -> None:
    with pytest.raises(AssetRefused):
        pdf_of(f"<!doctype html><html lang=es><title>x</title><body>{markup.format(address)}")


def test_our_own_fonts_are_served() -> None:
    with_font = "<style>@font-face {font-family:y;src:url(static:///fonts/Inter-400.ttf)} p {font-family:y}</style><p>x"
    assert pdf_of(f"<!doctype html><html lang=es><title>x</title>{with_font}").startswith(b"%PDF")


# -- small formats


def test_a_clabe_is_read_in_groups_of_four() -> None:
    assert clabe_group("0121 8000-1234".replace("-", "")) == "0121\u00a08000\u00a01234"
    assert clabe_group("012180001234567895") == "0121\u00a08000\u00a01234\u00a05678\u00a095"


@pytest.mark.parametrize(("name", "letters"), [("Fast Office Polanco", "FO"), ("ñandú", "Ñ"), ("", ""), ("· & x", "X")])
def test_a_monogram_has_one_or_two_letters(name: str, letters: str) -> None:
    assert monogram(name) == letters
