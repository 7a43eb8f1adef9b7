"""Static files under content-hash addresses, and compressed answers.

Each file is read and compressed once per process, at its first use, and kept in memory: the whole set is a
few hundred kilobytes. `asset_url("css/app.css")` gives `/static/css/app.css?v=<hash>`, which a browser may
keep for a year; a stylesheet is served with its `@import`s inlined and its `url()`s hashed.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import brotli
from flask import Flask, Response, abort, current_app, request, url_for
from werkzeug.security import safe_join

YEAR = 31_536_000
SMALLEST = 500  # bytes; below it the header of the encoding costs more than it saves
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/xml")
IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"']+)["']\)?\s*(?:layer\(([\w.-]+)\))?\s*;""")
URL = re.compile(r"""url\(["']?(?!data:|/|#)([^"')]+)["']?\)""")
COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)


def compressible(mimetype: str) -> bool:
    """Whether a body of this type shrinks."""
    return mimetype.startswith(COMPRESSIBLE)


def chosen_encoding() -> str | None:
    """The best encoding that the caller accepts: br, gzip or none."""
    accepted = request.accept_encodings
    return next((name for name in ("br", "gzip") if accepted[name] > 0), None)


@dataclass
class Asset:
    """One static file in memory."""

    body: bytes
    mimetype: str
    stamp: tuple[int, int]
    version: str = field(init=False)

    def __post_init__(self) -> None:
        self.version = hashlib.sha256(self.body).hexdigest()[:12]

    @cached_property
    def br(self) -> bytes:
        """Brotli, at its best: done once."""
        return brotli.compress(self.body, quality=11)

    @cached_property
    def gzip(self) -> bytes:
        """Gzip for what does not speak brotli."""
        return gzip.compress(self.body, compresslevel=9, mtime=0)


class Assets:
    """The files below one static folder, addressed by their path relative to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[str, Asset] = {}

    def get(self, name: str) -> Asset | None:
        """The file, read again when it changed on disk; None when there is none."""
        joined = safe_join(str(self.folder), name)
        if joined is None or not Path(joined).is_file():
            return None
        stamp = self._stamp(Path(joined))
        kept = self._kept.get(name)
        if kept is None or kept.stamp != stamp:
            kept = self._kept[name] = self._read(name, Path(joined), stamp)
        return kept

    def _stamp(self, path: Path) -> tuple[int, int]:
        """Changes when the file changes; for a stylesheet, when any stylesheet does."""
        paths = path.parent.glob("*.css") if path.suffix == ".css" else [path]
        stats = [item.stat() for item in paths]
        return max(item.st_mtime_ns for item in stats), sum(item.st_size for item in stats)

    def _read(self, name: str, path: Path, stamp: tuple[int, int]) -> Asset:
        mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        body = self._stylesheet(name).encode() if path.suffix == ".css" else path.read_bytes()
        return Asset(body, mimetype, stamp)

    def _stylesheet(self, name: str) -> str:
        """The stylesheet as one text: imports inlined in their layer, addresses hashed, comments dropped."""
        home = posixpath.dirname(name)
        text = COMMENT.sub("", (self.folder / name).read_text(encoding="utf-8"))

        def inline(found: re.Match[str]) -> str:
            inner = self._stylesheet(posixpath.normpath(posixpath.join(home, found[1])))
            return f"@layer {found[2]}{{{inner}}}" if found[2] else inner

        def hashed(found: re.Match[str]) -> str:
            return f'url("{self.url(posixpath.normpath(posixpath.join(home, found[1])))}")'

        return IMPORT.sub(inline, URL.sub(hashed, text))

    def url(self, name: str) -> str:
        """The address of a file with the hash of its content."""
        asset = self.get(name)
        if asset is None:
            raise FileNotFoundError(f"no static file {name}")
        return url_for("static", filename=name, v=asset.version)


def asset_url(name: str) -> str:
    """The content-hash address of a static file; an unknown name is an error of the template."""
    assets: Assets = current_app.extensions["assets"]
    return assets.url(name)


def encoded(asset: Asset) -> Response:
    """A file with its tag, compressed as the browser accepts it; how long it keeps is the caller's to say."""
    encoding = chosen_encoding() if compressible(asset.mimetype) else None
    body = {"br": lambda: asset.br, "gzip": lambda: asset.gzip}.get(encoding or "", lambda: asset.body)()
    response = Response(body, mimetype=asset.mimetype)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.version}-{encoding or 'plain'}")
    return response


def serve(filename: str) -> Response:
    """The `static` endpoint: a file from memory, encoded as accepted, cached for good by its hash."""
    assets: Assets = current_app.extensions["assets"]
    asset = assets.get(filename)
    if asset is None:
        abort(404)
    response = encoded(asset)
    fresh = request.args.get("v") == asset.version
    response.cache_control.public = True
    response.cache_control.max_age = YEAR if fresh else 0
    response.cache_control.immutable = fresh
    response.make_conditional(request)
    return response


def compress(response: Response) -> Response:
    """Encode a text answer that is worth it; files, streams and encoded bodies pass as they are."""
    if (
        response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or "Content-Range" in response.headers
        or not compressible(response.mimetype or "")
    ):
        return response
    response.vary.add("Accept-Encoding")
    encoding = chosen_encoding()
    body = response.get_data()
    if encoding is None or len(body) < SMALLEST:
        return response
    packed = brotli.compress(body, quality=5) if encoding == "br" else gzip.compress(body, 6, mtime=0)
    response.set_data(packed)
    response.headers["Content-Encoding"] = encoding
    return response


def init_app(app: Flask) -> None:
    """Serve `static` from memory, offer `asset_url()` to templates and compress answers."""
    app.extensions["assets"] = Assets(Path(app.static_folder or "static"))
    app.view_functions["static"] = serve
    app.jinja_env.globals["asset_url"] = asset_url
    app.after_request(compress)
