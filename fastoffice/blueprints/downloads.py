"""Exports as downloads: a file with its name, never shown in the page."""

from __future__ import annotations

from flask import Response

from fastoffice import exports
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound


def export_response(kind: str, form: str, branch: Branch, period: str | None = None) -> Response:
    """`form` (json, csv, xlsx) of an export of `branch`, e.g. "PLC-invoices-2026-12.xlsx". Raises NotFound."""
    if kind not in exports.KINDS or form not in exports.FORMATS:
        raise NotFound("no such export")
    response = Response(exports.file_of(kind, form, branch, period), content_type=exports.MEDIA_TYPES[form])
    name = "-".join(part for part in (branch.code, kind, period) if part)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response
