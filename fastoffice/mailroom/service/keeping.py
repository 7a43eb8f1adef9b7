"""Photos, signatures and scans: judged and stored before the unit of work, noted inside it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

import sqlalchemy as sa

from fastoffice.documents import uploads
from fastoffice.documents.files import files
from fastoffice.documents.images import clean_image
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.service import loading

PNG = "data:image/png;base64,"
JPEG = "image/jpeg"
MANY = 500


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored scan that belongs to no request yet; housekeeping forgets it when none comes."""

    sha256: str
    filename: str
    media_type: str


def photo(data: bytes) -> str | None:
    """The hash of a stored picture of a piece; None without one. Slow. Raises UploadRefused for what is no picture."""
    if not data:
        return None
    clean = uploads.clean_upload(data)
    if clean.media_type != JPEG:
        raise errors.NoPicture
    return files().put(clean.data, JPEG).sha256


def signature(drawn: str) -> str | None:
    """The hash of the stored drawing of a data URL; None when nothing was drawn. Slow. Raises ProofMissing."""
    if not drawn.startswith(PNG):
        return None
    try:
        data = base64.b64decode(drawn[len(PNG):], validate=True)
    except (binascii.Error, ValueError) as error:
        raise errors.ProofMissing from error
    png, _width, _height = clean_image(data)
    return files().put(png, "image/png").sha256


def scan(name: str, data: bytes) -> KeptFile | None:
    """A stored scan (PDF or picture); None without one. Slow. Raises UploadRefused."""
    if not data:
        return None
    clean = uploads.clean_upload(data)
    stored = files().put(clean.data, clean.media_type)
    stem = clean_text(PurePath(name.replace("\\", "/")).stem)
    plain = "".join(char if char.isalnum() or char in " -_.()" else "_" for char in stem).strip(" .")
    return KeptFile(stored.sha256, f"{plain[:100] or 'scan'}{clean.extension}", clean.media_type)


def forget_photos(branch_id: int, now: datetime) -> int:
    """Forget the photos of what left long ago; how many went. Files without rows are housekeeping's."""
    before = now - timedelta(days=loading.policy_of(branch_id).photo_days)
    query = sa.select(MailItem.id).where(
        MailItem.branch_id == branch_id, sa.text("mail_item.photo_sha256 IS NOT NULL"), MailItem.closed_at < before)
    ids: Sequence[int] = list(db.session.scalars(query.limit(MANY)))
    if ids:
        db.session.execute(sa.update(MailItem).where(MailItem.id.in_(ids)).values(photo_sha256=None))
    return len(ids)
