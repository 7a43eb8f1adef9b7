"""Pictures that people upload (a branch's logo): judged by content, re-encoded in a limited child.

What is kept is never the bytes that were sent: pixels are decoded in a sandbox and written anew as PNG, which
leaves behind metadata, colour profiles, trailing archives and whatever else a file can carry. SVG is refused:
it is a program, not a picture.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice.documents.sandbox import SandboxFailed, SandboxMemory, SandboxTimeout, run_limited
from fastoffice.errors import Refusal

MAX_BYTES = 5 << 20
MAX_PIXELS = 4_000_000
FIT_WITHIN = (640, 320)
MEMORY_MB = 384
SECONDS = 10
SIGNATURES = {
    "PNG": (b"\x89PNG\r\n\x1a\n", 0),
    "JPEG": (b"\xff\xd8\xff", 0),
    "WEBP": (b"WEBP", 8),
}


class ImageRefused(Refusal):
    """The upload is not a picture that we keep."""


class ImageTypeRefused(ImageRefused):
    """By its content it is no PNG, JPEG or WebP."""


class ImageTooLarge(ImageRefused):
    """Too many bytes or pixels."""


class ImageUnreadable(ImageRefused):
    """It says it is a picture, but cannot be decoded."""


def clean_image(data: bytes) -> tuple[bytes, int, int]:
    """PNG bytes, width and height in pixels of an uploaded picture, scaled down to fit 640 × 320.

    Raises ImageTypeRefused, ImageTooLarge (over 5 MB or 4 million pixels) or ImageUnreadable, each with a
    message for the person who uploaded it.
    """
    kind = _kind(data)
    if kind is None:
        raise ImageTypeRefused(_l("The picture must be a PNG, JPEG or WebP file."))
    if len(data) > MAX_BYTES:
        raise ImageTooLarge(_l("The picture is larger than 5 MB."))
    try:
        verdict, png, width, height = run_limited(
            "fastoffice.documents.image_worker:reencode",
            (data, kind, MAX_PIXELS, FIT_WITHIN),
            memory_mb=MEMORY_MB,
            seconds=SECONDS,
        )
    except (SandboxFailed, SandboxTimeout) as error:
        raise ImageUnreadable(_l("The picture is damaged: it cannot be read.")) from error
    except SandboxMemory as error:
        raise ImageTooLarge(_l("The picture has more than 4 million pixels.")) from error
    if verdict == "too_large":
        raise ImageTooLarge(_l("The picture has more than 4 million pixels."))
    return png, width, height


def _kind(data: bytes) -> str | None:
    for kind, (signature, offset) in SIGNATURES.items():
        if data[offset : offset + len(signature)] == signature:
            return kind
    return None
