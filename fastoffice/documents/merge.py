"""Many PDFs as one, for printing a batch."""

from __future__ import annotations

import io
from collections.abc import Iterable


class MergeError(Exception):
    """One of the files is not a readable PDF; ``position`` says which, counted from 0."""

    def __init__(self, position: int) -> None:
        super().__init__(f"file {position} is not a readable PDF")
        self.position = position


def merge_pdfs(files: Iterable[bytes]) -> bytes:
    """The pages of all files, in order, as one PDF. Equal fonts and images are stored once.

    Raises ValueError for no files at all, MergeError for one that cannot be read.
    """
    from pypdf import PdfReader, PdfWriter  # only whoever prints a batch waits for it
    from pypdf.errors import PyPdfError

    writer = PdfWriter()
    for position, data in enumerate(files):
        try:
            writer.append(PdfReader(io.BytesIO(data)), import_outline=False)
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise MergeError(position) from error
    if not writer.pages:
        raise ValueError("nothing to merge")
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
