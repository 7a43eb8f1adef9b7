"""A branch's logo: judged by what it is, kept as clean pixels only."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from fastoffice.documents import images
from fastoffice.documents.images import ImageTooLarge, ImageTypeRefused, ImageUnreadable, clean_image


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 120), mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode in ("RGB", "RGBA") else 1).save(out, kind, **options)
    return out.getvalue()


def reopened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_of_each_kind_becomes_a_png(kind: str) -> None:
    png, width, height = clean_image(picture(kind))
    kept = reopened(png)
    assert (kept.format, kept.size) == ("PNG", (width, height)) == ("PNG", (300, 120))


def test_a_large_logo_is_made_smaller_in_proportion() -> None:
    _png, width, height = clean_image(picture(size=(2000, 1000)))
    assert (width, height) == (640, 320)


def test_transparency_stays() -> None:
    png, _width, _height = clean_image(picture(mode="RGBA"))
    assert reopened(png).mode == "RGBA"


def test_what_the_camera_wrote_into_the_file_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "the owner's home"
    notes = PngImagePlugin.PngInfo()
    notes.add_text("comment", "secret note")
    for original in (picture("JPEG", exif=exif), picture("PNG", pnginfo=notes), picture("PNG") + b"PK\x03\x04 archive"):
        png, _width, _height = clean_image(original)
        assert b"home" not in png
        assert b"secret" not in png
        assert b"PK\x03\x04" not in png
        assert not reopened(png).info


def test_a_photo_taken_sideways_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    _png, width, height = clean_image(picture("JPEG", size=(200, 100), exif=exif))
    assert (width, height) == (100, 200)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        b"BM" + bytes(100),
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"RIFF\x00\x00\x00\x00WAVE",
    ],
)
def test_only_png_jpeg_and_webp_are_pictures(data: bytes) -> None:
    with pytest.raises(ImageTypeRefused):
        clean_image(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_damaged_picture_is_said_to_be_damaged(kind: str) -> None:
    whole = picture(kind)
    with pytest.raises(ImageUnreadable):
        clean_image(whole[: len(whole) // 3])


def test_a_bomb_is_refused_by_its_header_before_it_unpacks() -> None:
    """300 bytes that say 30,000 × 30,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")
    with pytest.raises(ImageTooLarge):
        clean_image(bomb)


def test_too_many_pixels_or_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImageTooLarge):
        clean_image(picture(size=(2001, 2000)))
    monkeypatch.setattr(images, "MAX_BYTES", 100)
    with pytest.raises(ImageTooLarge):
        clean_image(picture())


def test_a_refusal_speaks_to_the_person() -> None:
    with pytest.raises(images.ImageRefused) as caught:
        clean_image(b"GIF89a")
    assert "PNG" in str(caught.value.message)
