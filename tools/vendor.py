"""Copy and trim the front-end packages into the tree: what `make vendor` runs.

The results are committed, so running FastOffice needs no npm. Run it again after changing package.json,
the icon list or the safelist of components below.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from vendoring import font, icons, stylesheet

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "fastoffice" / "static" / "vendor"
TABLET = ROOT / "kiosk" / "static" / "vendor"
BROWSER_TESTS = ROOT / "tests" / "browser" / "vendor"


def install(folder: Path) -> Path:
    """Install what package.json pins below `folder` and answer the node_modules folder."""
    quietly = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    subprocess.run(["npm", "install", *quietly], cwd=folder, check=True)
    return folder / "node_modules"


def copy_script(source: Path, folder: Path) -> None:
    """One file without the address of its map, which may stand behind code on the last line."""
    text = re.sub(r"//# sourceMappingURL=\S*", "", source.read_text(encoding="utf-8"))
    (folder / source.name).write_text(text.rstrip() + "\n", encoding="utf-8")


def copy_scripts(modules: Path) -> None:
    """htmx, its extensions and the place to sign as published, each its own file: a page loads what it uses."""
    dist = modules / "htmx.org" / "dist"
    signing = modules / "signature_pad" / "dist" / "signature_pad.min.js"
    for source in (dist / "htmx.min.js", dist / "ext" / "hx-csp.min.js", dist / "ext" / "hx-sse.min.js", signing):
        copy_script(source, TARGET)
    scanning = modules / "qr-scanner"
    for source in (scanning / "qr-scanner.min.js", scanning / "qr-scanner-worker.min.js"):
        copy_script(source, TABLET)
    BROWSER_TESTS.mkdir(parents=True, exist_ok=True)
    (BROWSER_TESTS / "axe.min.js").write_bytes((modules / "axe-core" / "axe.min.js").read_bytes())


def main() -> None:
    """Rebuild everything below static/vendor; an argument names a node_modules folder to use as it is."""
    modules = Path(sys.argv[1]) if len(sys.argv) > 1 else install(ROOT)
    TARGET.mkdir(parents=True, exist_ok=True)
    copy_scripts(modules)
    stylesheet.build(modules / "basecoat-css" / "dist" / "basecoat-nova.cdn.css", TARGET / "basecoat.css")
    icons.build(modules / "lucide-static" / "icons", TARGET / "icons.svg")
    font.build(modules / "@fontsource-variable" / "inter" / "files", TARGET)
    for path in sorted(TARGET.iterdir()):
        print(f"{path.stat().st_size:>8}  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
