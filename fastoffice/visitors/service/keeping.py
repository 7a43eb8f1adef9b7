"""Pictures of the lobby: cleaned in a limited child and stored by content before the unit of work that notes them."""

from __future__ import annotations

import logging

from fastoffice.documents import images, uploads
from fastoffice.documents.files import files
from fastoffice.documents.storage import StorageError
from fastoffice.errors import Refusal

log = logging.getLogger(__name__)


def keep_photo(data: bytes) -> str | None:
    """The hash of a visitor's or parcel's photo; None where it cannot be kept: a photo never stops anybody."""
    try:
        clean = uploads.clean_upload(data)
        return files().put(clean.data, clean.media_type).sha256 if clean.media_type == "image/jpeg" else None
    except (Refusal, StorageError) as error:
        log.warning("a photo of the lobby was not kept: %s", type(error).__name__)
        return None


def keep_signature(data: bytes) -> str:
    """The hash of a drawn signature as PNG. Raises ImageRefused, StorageError."""
    png, _width, _height = images.clean_image(data)
    return files().put(png, "image/png").sha256
