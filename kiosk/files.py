"""The tablet's own static files, and the version that all of them together have."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request

from fastoffice.assets import Assets, encoded

HERE = Path(__file__).parent
STATIC = HERE / "static"
HOUSE = HERE.parent / "fastoffice" / "static"
SHARED = ("vendor/inter.woff2", "vendor/inter-ro.woff2", "vendor/signature_pad.min.js")  # of the house's own files


def names() -> list[str]:
    """Every file below static/, in order."""
    return sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with any file or template of the tablet: it fetches the new ones when nobody stands before it."""
    found = hashlib.sha256()
    ours = [*STATIC.rglob("*"), *(HERE / "templates").rglob("*"), HERE / "words.py"]
    for path in sorted([*ours, *(HOUSE / name for name in SHARED)]):
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def serve(filename: str) -> Response:
    """A file, compressed; asked for again with its tag, since its address has no hash: the service worker keeps it."""
    assets: Assets = current_app.extensions["kiosk-assets"]
    asset = assets.get(filename)
    if asset is None:
        abort(404)
    response = encoded(asset)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Keep the files in memory once they were asked for."""
    app.extensions["kiosk-assets"] = Assets(STATIC)
