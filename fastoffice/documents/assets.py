"""What a document may load: files of our static folder, and pictures handed over with the document.

WeasyPrint asks for every address through here. Anything else (a file, the network, a data address) stops the
document: our templates never ask for it, so it was smuggled in.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from fastoffice.documents.qr import qr_png

STATIC = Path(__file__).resolve().parents[1] / "static"
BASE_URL = "static:///"
TYPES = {".ttf": "font/ttf", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class AssetRefused(FatalURLFetchingError):
    """Something asked for an address that documents don't load. Not an Exception: nothing may swallow it."""


class Assets(URLFetcher):
    """The pictures of one document, and the gate to the static folder."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        self._pictures: dict[str, tuple[bytes, str]] = {}

    def png(self, data: bytes) -> str:
        """Address for the bytes of a cleaned PNG, equal for equal bytes."""
        return self._keep(data, "image/png")

    def jpeg(self, data: bytes) -> str:
        """Address for the bytes of a photo that was written anew (documents.uploads)."""
        return self._keep(data, "image/jpeg")

    def qr(self, text: str) -> str:
        """Address of a QR code that says ``text``."""
        return self._keep(qr_png(text), "image/png")

    def _keep(self, data: bytes, media_type: str) -> str:
        address = f"asset:{hashlib.sha256(data).hexdigest()[:32]}"
        self._pictures[address] = (data, media_type)
        return address

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - their signature
        """The bytes behind ``url``. Raises AssetRefused for anything but our own."""
        if url in self._pictures:
            data, media_type = self._pictures[url]
            return URLFetcherResponse(url, data, {"Content-Type": media_type})
        if url.startswith(BASE_URL):
            path = (STATIC / url.removeprefix(BASE_URL)).resolve()
            if path.is_relative_to(STATIC) and path.suffix in TYPES and path.is_file():
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})
        raise AssetRefused(f"documents do not load {url[:200]!r}")
