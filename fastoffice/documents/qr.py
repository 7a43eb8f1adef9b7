"""QR codes of addresses to pay or look at, as PNG."""

from __future__ import annotations

import io
from functools import lru_cache

import segno
from PIL import Image

QUIET_ZONE = 2


def qr_png(text: str, scale: int = 6) -> bytes:
    """PNG with ``scale`` pixels per module, black on white. Raises ValueError when the text is too long."""
    rows = [bytes(0 if dark else 255 for dark in row) for row in _code(text).matrix_iter(border=QUIET_ZONE)]
    modules = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
    out = io.BytesIO()
    # Eight bits of grey: a document embeds it as it is, one bit would be decoded and packed anew.
    modules.resize((len(rows) * scale,) * 2, Image.Resampling.NEAREST).save(out, "PNG", compress_level=6)
    return out.getvalue()


@lru_cache(maxsize=64)
def _code(text: str) -> segno.QRCode:
    try:
        return segno.make(text, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError("too long for a QR code") from error
