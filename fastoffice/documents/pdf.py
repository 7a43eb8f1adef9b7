"""HTML templates to PDF, in this process: the renderer's children call it, and so may a test.

What makes it fast is shared and lives as long as the process: the font configuration, the parsed stylesheet,
the compiled templates and the decoded logo. What makes it safe is per document: its own assets and nothing
else to load.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from fastoffice.documents.assets import BASE_URL, Assets
from fastoffice.documents.contexts import Document, context_of
from fastoffice.documents.templating import PACKAGE, render_html

STYLESHEET = PACKAGE / "templates" / "documents" / "document.css"
VARIANT = "pdf/ua-1"
_one_at_a_time = threading.Lock()


def render_pdf(template: str, context: Document | Mapping[str, Any], *, lang: str) -> bytes:
    """A tagged PDF with embedded fonts. The same values give the same bytes.

    ``template`` is a name under ``templates/``; ``context`` one of ``documents.contexts`` or a mapping with
    the template's variables; ``lang`` "es", "en" or "ro". Raises jinja2 errors for a value that is missing,
    AssetRefused when the document asks for a file or an address that is not its own.
    """
    assets = Assets()
    html = render_html(template, {**context_of(context), "assets": assets}, lang)
    return pdf_of(html, assets)


def pdf_of(html: str, assets: Assets | None = None) -> bytes:
    """A finished HTML page as PDF, with the documents' stylesheet and fonts."""
    with _one_at_a_time:
        fonts, stylesheet = _shared()
        page = HTML(string=html, base_url=BASE_URL, url_fetcher=assets or Assets())
        result: bytes = page.write_pdf(
            stylesheets=[stylesheet],
            font_config=fonts,
            pdf_variant=VARIANT,
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )
        return result


@lru_cache(maxsize=1)
def _shared() -> tuple[FontConfiguration, CSS]:
    """Font configuration and parsed stylesheet: half of a document's cost when made anew each time."""
    fonts = FontConfiguration()
    stylesheet = CSS(
        string=STYLESHEET.read_text("utf-8"), base_url=BASE_URL, url_fetcher=Assets(), font_config=fonts
    )
    return fonts, stylesheet


def warm_up() -> None:
    """Load fonts and styles before the first document needs them."""
    pdf_of("<!doctype html><html lang=es><title>-</title><p>Aá<b>B</b></p>")
