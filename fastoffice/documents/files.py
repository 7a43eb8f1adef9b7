"""The application's file storage: the place that STORAGE_URL names."""

from __future__ import annotations

from flask import current_app

from fastoffice.documents.storage import Storage, storage_at


def files() -> Storage:
    """Where this application keeps its files; one object per process."""
    return storage_at(current_app.config["SETTINGS"].storage_url)
