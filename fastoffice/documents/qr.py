"""QR codes of addresses to pay or look at: SVG for documents and screens, PNG for mails."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

QUIET_ZONE = 2


def qr_svg(text: str) -> bytes:
    """Standalone SVG, one unit per module, black on nothing. Raises ValueError when the text is too long."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", border=QUIET_ZONE, xmldecl=False, omitsize=True, svgclass=None, lineclass=None)
    return out.getvalue()


def qr_png(text: str, scale: int = 6) -> bytes:
    """PNG with ``scale`` pixels per module, black on white. Raises ValueError when the text is too long."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=scale, border=QUIET_ZONE)
    return out.getvalue()


@lru_cache(maxsize=64)
def _code(text: str) -> segno.QRCode:
    try:
        return segno.make(text, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError("too long for a QR code") from error
