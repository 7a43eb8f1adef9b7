"""The Lucide icons that the product uses, as one SVG sprite: `<use href="icons.svg#name">`."""

from __future__ import annotations

import re
from pathlib import Path

# One list for the whole product: add a name here, run `make vendor`, use `ui.icon("name")`.
USED = """
archive arrow-right arrow-up-right badge-check ban banknote bell book-open building building-2 calendar
calendar-clock calendar-days check chevron-down chevron-left chevron-right chevrons-up-down circle-alert
circle-check circle-help circle-x clipboard-list clock coins copy credit-card door-open download ellipsis
external-link eye file-check file-clock file-spreadsheet file-text file-x funnel globe hand history
house inbox info key-round languages layout-dashboard link list-checks lock log-out mail map-pin menu
message-circle package pause pencil phone play plus printer qr-code receipt refresh-cw rotate-ccw scroll-text
search send settings shield-check sparkles sun trash-2 triangle-alert undo-2 upload user user-plus users
wallet wrench x
"""



def symbol(source: Path) -> str:
    """One Lucide file as a <symbol> with the file's name as id."""
    body = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(encoding="utf-8"), re.DOTALL)
    if body is None:
        raise ValueError(f"{source.name} is not an SVG file")
    shapes = re.sub(r"\s+", " ", body.group(1)).replace("> <", "><").replace(" />", "/>").strip()
    return f'<symbol id="{source.stem}" viewBox="0 0 24 24">{shapes}</symbol>'


def build(folder: Path, target: Path) -> None:
    """Write the sprite of USED; an unknown name stops the build."""
    missing = [name for name in USED.split() if not (folder / f"{name}.svg").exists()]
    if missing:
        raise SystemExit(f"no such Lucide icon: {', '.join(missing)}")
    symbols = "".join(symbol(folder / f"{name}.svg") for name in USED.split())
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n', encoding="utf-8"
    )
