"""Cut the documents' fonts: Inter in three weights, Latin only, as small static TTF files.

    python tools/fonts.py            # writes fastoffice/static/fonts/Inter-{400,600,700}.ttf

The source is the variable Inter of the pinned PyPI package below. Small static fonts matter: every PDF embeds
a subset, and its cost grows with the font that it is cut from. Kept: Latin with Spanish, Romanian and its
neighbours, punctuation, currency signs and kerning. Figures are tabular without being asked for: turning
them on by a font feature costs time and leaks memory with every text. The results are committed; this runs only
when the cut changes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SOURCE = "fontpkg-inter==4.1.post1"
FONT = "fontpkg_inter/files/Inter[opsz,wght].ttf"
LICENSE = "fontpkg_inter/LICENSE"
TARGET = Path(__file__).resolve().parents[1] / "fastoffice" / "static" / "fonts"
WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
TEXT_SIZE = 14
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),  # Latin-1 and Latin Extended-A
    *range(0x218, 0x21C),  # Romanian comma-below
    0x2BC,
    *range(0x2010, 0x2016),
    *range(0x2018, 0x201F),
    *(0x2020, 0x2022, 0x2026, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2116, 0x2122),
    *(0x2190, 0x2192, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x00D7, 0x00F7, 0x2713, 0xFFFD),
)
FEATURES = ["ccmp", "locl", "kern", "mark"]


def fetch(folder: Path) -> tuple[Path, bytes]:
    """The variable font and its licence out of the pinned package."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder), SOURCE]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return Path(wheel.extract(FONT, folder)), wheel.read(LICENSE)


def cut(source: Path, weight: int) -> TTFont:
    """One static weight with only our characters and features, no hinting."""
    font = instancer.instantiateVariableFont(
        TTFont(source), {"opsz": TEXT_SIZE, "wght": weight}, updateFontNames=False
    )
    make_figures_tabular(font)
    options = subset.Options(
        layout_features=FEATURES,
        hinting=False,
        glyph_names=False,
        notdef_outline=True,
        name_IDs=[1, 2, 4, 6, 13, 14],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=CHARACTERS)
    cutter.subset(font)
    name, style = font["name"], WEIGHTS[weight]
    for number, text in {1: f"Inter {style}", 2: "Regular", 4: f"Inter {style}", 6: f"Inter-{style}"}.items():
        name.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    return font


def make_figures_tabular(font: TTFont) -> None:
    """Let the ten digits be the glyphs that the feature "tnum" would put in their place."""
    substitutions = font["GSUB"].table
    wider: dict[str, str] = {}
    for record in substitutions.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in substitutions.LookupList.Lookup[index].SubTable:
                    wider.update(getattr(table, "ExtSubTable", table).mapping)
    for table in font["cmap"].tables:
        for digit in range(ord("0"), ord("9") + 1):
            if digit in table.cmap:
                table.cmap[digit] = wider.get(table.cmap[digit], table.cmap[digit])


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        source, licence = fetch(Path(folder))
        (TARGET / "OFL.txt").write_bytes(licence)
        for weight in WEIGHTS:
            path = TARGET / f"Inter-{weight}.ttf"
            cut(source, weight).save(path)
            print(f"{path.name} {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
