"""Exports as downloads: a file with its name, never shown in the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l

from fastoffice import exports
from fastoffice.billing.rules.periods import is_period
from fastoffice.errors import NotFound
from fastoffice.identity.access import Forbidden, can, current_branch, require

blueprint = Blueprint("exports", __name__, url_prefix="/staff/exports")
CHUNK = 1 << 16


@blueprint.get("/<kind>.<form>")
@require("export")
def download(kind: str, form: str) -> Response:
    """json, csv or xlsx of one kind of data of the branch, of `?period=` alone where one is named."""
    period = request.args.get("period") or None
    if kind not in exports.KINDS or form not in exports.FORMATS or (period and not is_period(period)):
        raise NotFound(_l("There is no such export."))
    if not can(exports.KINDS[kind].permission):
        raise Forbidden(_l("Your role does not include this. Ask your manager if you need it."))
    name = "-".join(part for part in (current_branch().code, kind, period) if part)
    return sent(kind, form, period, name)


def sent(kind: str, form: str, period: str | None, name: str) -> Response:
    """An export of the current branch on its way, from the disk."""
    content = exports.file_of(kind, form, current_branch(), period)
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    response = Response(_parts(content), content_type=exports.MEDIA_TYPES[form])
    response.content_length = size
    response.call_on_close(content.close)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response


def _parts(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while part := content.read(CHUNK):
            yield part
