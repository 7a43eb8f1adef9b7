"""Photos of rooms: judged by content and stored before the unit of work, noted inside it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Resource
from fastoffice.documents import uploads
from fastoffice.documents.files import files

JPEG = "image/jpeg"
FIT_WITHIN = (1_200, 900)


def keep(data: bytes) -> str:
    """The hash of a stored picture of a room. Slow. Raises UploadRefused, BookingRefused for what is no picture."""
    clean = uploads.clean_upload(data, FIT_WITHIN)
    if clean.media_type != JPEG:
        raise BookingRefused(_l("Add a picture: PNG, JPEG or WebP."), field="photo")
    return files().put(clean.data, JPEG).sha256


def set_photo(resource: Resource, sha256: str | None, actor: audit.Actor) -> None:
    """Show this picture of the room, or none."""
    if resource.photo_sha256 == sha256:
        return
    resource.photo_sha256 = sha256
    audit.record(actor, "resource.photo", ("resource", resource.id), {"has": sha256 is not None},
                 branch_id=resource.branch_id)
