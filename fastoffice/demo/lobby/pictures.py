"""Drawings that stand for photos: a room, a document, a signature. Small, and the same each time."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from fastoffice.documents.files import files


def room(wall: str, seats: int) -> str:
    """The hash of a stored drawing of a room with a table and `seats` chairs."""
    picture = Image.new("RGB", (800, 500), wall)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 500), (0, 380), (120, 300), (680, 300), (800, 380), (800, 500)], fill="#c9b79c")
    draw.rectangle((270, 90, 530, 230), fill="#263238", outline="#90a4ae", width=4)
    for place in range(max(seats // 2, 1)):
        left = 170 + place * 460 // max(seats // 2, 1)
        draw.rounded_rectangle((left, 268, left + 56, 330), 12, fill="#455a64")
        draw.rounded_rectangle((left - 10, 404, left + 62, 484), 14, fill="#37474f")
    draw.polygon([(170, 330), (630, 330), (700, 420), (100, 420)], fill="#8d6e63", outline="#6d4c41")
    return _kept(picture, "JPEG", "image/jpeg", quality=80)


def document() -> str:
    """The hash of a stored photo of an official letter."""
    picture = Image.new("RGB", (600, 800), "#9e9e9e")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(60, 50), (550, 40), (560, 760), (50, 750)], fill="#fdfdfb")
    draw.ellipse((90, 80, 160, 150), outline="#7b1e1e", width=5)
    for line in range(16):
        draw.line((100, 220 + line * 30, 500 - (line % 4) * 40, 220 + line * 30), fill="#616161", width=6)
    return _kept(picture, "JPEG", "image/jpeg", quality=80)


def signature() -> str:
    """The hash of a stored signature."""
    picture = Image.new("RGBA", (400, 140), (255, 255, 255, 0))
    points = [(40, 90), (70, 30), (90, 110), (120, 60), (150, 95), (180, 55), (215, 98), (250, 60), (360, 70)]
    ImageDraw.Draw(picture).line(points, fill="#10243a", width=5, joint="curve")
    return _kept(picture, "PNG", "image/png")


def _kept(picture: Image.Image, form: str, media_type: str, **options: Any) -> str:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return files().put(target.getvalue(), media_type).sha256
