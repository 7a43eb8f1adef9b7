"""Pictures and PDFs that strangers send (a photo of a transfer, a letter): judged by content, never by name.

A picture is decoded in the sandbox and written anew, so that nothing but its pixels is kept. A PDF is opened in the
sandbox and kept as it is: it is only ever handed out as a download.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.documents.images import SIGNATURES
from fastoffice.documents.sandbox import SandboxError, run_limited
from fastoffice.errors import Refusal

MAX_MB = 10
MAX_BYTES = MAX_MB << 20
MAX_PIXELS = 50_000_000
FIT_WITHIN = (2_000, 2_000)
PDF, PDF_HEAD, MOST_PAGES = "application/pdf", b"%PDF-", 60
MEMORY_MB, SECONDS = 512, 15


class UploadRefused(Refusal):
    """The file is none that we keep."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is kept of a file. `extension` with its dot."""

    data: bytes
    media_type: str
    extension: str


def clean_upload(data: bytes, fit_within: tuple[int, int] = FIT_WITHIN) -> Upload:
    """A picture (PNG, JPEG, WebP) as JPEG of at most 2000 × 2000 unless told, or the PDF as it came.

    Takes a second and a child process: never inside a unit of work. Raises UploadRefused, with a message for
    whoever sent it.
    """
    if len(data) > MAX_BYTES:
        raise UploadRefused(_l("A file may have at most %(most)s MB.", most=MAX_MB), field="files")
    if data.startswith(PDF_HEAD):
        return _pdf(data)
    kind = next((name for name, (head, at) in SIGNATURES.items() if data[at:at + len(head)] == head), None)
    if kind is None:
        raise UploadRefused(_l("Add pictures (PNG, JPEG, WebP) or PDF files."), field="files")
    verdict, pixels = _in_sandbox("fastoffice.documents.image_worker:reencode_photo",
                                  (data, kind, MAX_PIXELS, fit_within))
    if verdict != "ok":
        raise UploadRefused(_l("The picture has too many pixels. Send a smaller one."), field="files")
    return Upload(pixels, "image/jpeg", ".jpg")


def _pdf(data: bytes) -> Upload:
    if not 0 < _in_sandbox("fastoffice.documents.pdf_worker:pages", (data,)) <= MOST_PAGES:
        raise UploadRefused(_l("A PDF may have at most %(most)s pages.", most=MOST_PAGES), field="files")
    return Upload(data, PDF, ".pdf")


def _in_sandbox(target: str, args: tuple[Any, ...]) -> Any:
    try:
        return run_limited(target, args, memory_mb=MEMORY_MB, seconds=SECONDS)
    except SandboxError as error:
        raise UploadRefused(_l("One of the files is damaged: it cannot be read."), field="files") from error
