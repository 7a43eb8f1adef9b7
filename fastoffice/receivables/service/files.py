"""Files of a request: checked and stored before the unit of work, noted inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from fastoffice.documents import uploads
from fastoffice.documents.files import files
from fastoffice.folding import clean_text
from fastoffice.receivables import errors
from fastoffice.receivables.models import ClientRequest, ClientRequestFile

MOST = 3


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file that belongs to no request yet; housekeeping forgets it when none comes."""

    sha256: str
    filename: str
    media_type: str
    size: int


def keep(sent: Sequence[tuple[str, bytes]]) -> list[KeptFile]:
    """Check and store files (name, bytes). Slow: outside of any unit of work. Raises TooManyFiles, UploadRefused."""
    if len(sent) > MOST:
        raise errors.TooManyFiles(MOST)
    clean = [(name, uploads.clean_upload(data)) for name, data in sent]
    stored = [(name, each, files().put(each.data, each.media_type)) for name, each in clean]
    return [KeptFile(file.sha256, _name(name, each.extension), each.media_type, file.size)
            for name, each, file in stored]


def attach(request: ClientRequest, kept: Sequence[KeptFile]) -> None:
    """Note the files on the request."""
    request.files = [
        ClientRequestFile(branch_id=request.branch_id, sha256=each.sha256, filename=each.filename,
                          media_type=each.media_type, size=each.size) for each in kept[:MOST]]


def _name(sent: str, extension: str) -> str:
    """The name people know it by, with the ending that its content has."""
    stem = clean_text(PurePath(sent.replace("\\", "/")).stem)
    plain = "".join(char if char.isalnum() or char in " -_.()" else "_" for char in stem).strip(" .")
    return f"{plain[:100] or 'archivo'}{extension}"
