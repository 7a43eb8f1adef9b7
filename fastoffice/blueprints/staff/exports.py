"""Exports as downloads: a file with its name, never shown in the page."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l

from fastoffice import exports
from fastoffice.billing.rules.periods import is_period
from fastoffice.errors import NotFound
from fastoffice.identity.access import current_branch, require

blueprint = Blueprint("exports", __name__, url_prefix="/staff/exports")


@blueprint.get("/<kind>.<form>")
@require("export")
def download(kind: str, form: str) -> Response:
    """json, csv or xlsx of one kind of data of the branch, of `?period=` alone where one is named."""
    period = request.args.get("period") or None
    if kind not in exports.KINDS or form not in exports.FORMATS or (period and not is_period(period)):
        raise NotFound(_l("There is no such export."))
    branch = current_branch()
    response = Response(exports.file_of(kind, form, branch, period), content_type=exports.MEDIA_TYPES[form])
    name = "-".join(part for part in (branch.code, kind, period) if part)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response
