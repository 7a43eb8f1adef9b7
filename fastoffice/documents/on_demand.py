"""A PDF for somebody who waits for it: made in a limited child of its own, which ends with it.

The pool of warm children belongs to the workers; a web process keeps none. One paper costs a second here.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.documents.contexts import Document
from fastoffice.documents.sandbox import SandboxError, run_limited
from fastoffice.errors import Refusal

MEMORY_MB, SECONDS = 768, 25


class NotNow(Refusal):
    """The paper could not be made now."""


def pdf_now(document: Document, lang: str) -> bytes:
    """The document as PDF. Raises NotNow, with a message for whoever waits."""
    try:
        result: Any = run_limited("fastoffice.documents.on_demand:make", (document, lang), memory_mb=MEMORY_MB,
                                  seconds=SECONDS)
    except SandboxError as error:
        raise NotNow(_l("The PDF can't be made right now. Try again in a minute, or with fewer days.")) from error
    return bytes(result)


def make(document: Document, lang: str) -> bytes:
    """Runs in the child."""
    from fastoffice.documents.pdf import render_pdf

    return render_pdf(document.template, document, lang=lang)
