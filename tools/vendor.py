"""Copy and trim the front-end packages into the tree: what `make vendor` runs.

The results are committed, so running FastOffice needs no npm. Run it again after changing package.json,
the icon list or the safelist of components below.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from vendoring import font, icons, stylesheet

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "fastoffice" / "static" / "vendor"
BROWSER_TESTS = ROOT / "tests" / "browser" / "vendor"


def install(folder: Path) -> Path:
    """Install what package.json pins below `folder` and answer the node_modules folder."""
    quietly = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    subprocess.run(["npm", "install", *quietly], cwd=folder, check=True)
    return folder / "node_modules"


def copy_scripts(modules: Path) -> None:
    """htmx, its extensions and the place to sign as published, each its own file: a page loads what it uses."""
    dist = modules / "htmx.org" / "dist"
    signing = modules / "signature_pad" / "dist" / "signature_pad.min.js"
    for source in (dist / "htmx.min.js", dist / "ext" / "hx-csp.min.js", dist / "ext" / "hx-sse.min.js", signing):
        text = source.read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if not line.startswith("//# sourceMappingURL")]
        (TARGET / source.name).write_text("\n".join(kept) + "\n", encoding="utf-8")
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
