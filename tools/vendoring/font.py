"""Inter variable cut to what the screens can show: Spanish, English, Romanian, figures, weights 400 to 700.

Two files: the letters of every page, and the Romanian ones, which a browser fetches only where they occur
(`unicode-range` in app.css must name the same characters).
"""

from __future__ import annotations

import string
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SPANISH = "áéíóúüñÁÉÍÓÚÜÑ¿¡ªº"
NEIGHBOURS = "âîÂÎàèçöäÀÈÇÖÄ"
PUNCTUATION = "«»“”‘’–—…·•°×±−\u00a0"
CURRENCY = "$€£"
ASCII = string.ascii_letters + string.digits + string.punctuation + " "
LATIN = ASCII + SPANISH + NEIGHBOURS + PUNCTUATION + CURRENCY
ROMANIAN = "ăĂșȘțȚşŞţŢ"
FEATURES = ["kern", "ccmp", "locl", "tnum"]
WEIGHTS = (400, 700)


def cut(source: Path, target: Path, letters: str) -> None:
    """Write `target` as woff2 with only `letters`, without hinting, its weight axis limited to WEIGHTS."""
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = [1, 2]
    options.notdef_outline = True
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=letters)
    subsetter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
    font.flavor = "woff2"
    font.save(target)


def build(files: Path, folder: Path) -> None:
    """Cut both files from the package's `files` folder into `folder`."""
    cut(files / "inter-latin-wght-normal.woff2", folder / "inter.woff2", LATIN)
    cut(files / "inter-latin-ext-wght-normal.woff2", folder / "inter-ro.woff2", ROMANIAN)
