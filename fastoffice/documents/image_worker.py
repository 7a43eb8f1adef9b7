"""The part of ``images`` that touches strangers' bytes; it runs inside the sandbox only."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps


def reencode(
    data: bytes, kind: str, max_pixels: int, fit_within: tuple[int, int]
) -> tuple[str, bytes, int, int]:
    """("ok", PNG bytes, width, height), or ("too_large", b"", width, height) by the header alone."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # the bound below is stricter, and says so by name
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        if picture.width * picture.height > max_pixels:
            return "too_large", b"", picture.width, picture.height
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        transparent = upright.has_transparency_data
        pixels = upright.convert("RGBA" if transparent else "RGB")
    pixels.thumbnail(fit_within, Image.Resampling.LANCZOS)
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return "ok", out.getvalue(), clean.width, clean.height


def reencode_photo(data: bytes, kind: str, max_pixels: int, fit_within: tuple[int, int]) -> tuple[str, bytes]:
    """("ok", JPEG bytes), or ("too_large", b"") by the header alone. What is transparent becomes white."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # the bound below says so by name
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        if picture.width * picture.height > max_pixels:
            return "too_large", b""
        picture.draft("RGB", fit_within)  # a JPEG is decoded no larger than needed
        picture.thumbnail(fit_within, Image.Resampling.LANCZOS)
        upright = ImageOps.exif_transpose(picture)
        pixels = upright.convert("RGBA")
    clean = Image.new("RGB", pixels.size, "white")
    clean.paste(pixels, mask=pixels.getchannel("A"))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=85, optimize=True)
    return "ok", out.getvalue()
