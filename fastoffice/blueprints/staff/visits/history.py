"""Visits that were: searched without accents, exported as they are searched."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from typing import IO

from flask import Response, request

from fastoffice import export_files
from fastoffice.blueprints.paging import day_of, neighbours, one_of, page_number
from fastoffice.blueprints.staff.visits.base import blueprint, page
from fastoffice.exports import MEDIA_TYPES
from fastoffice.identity import access
from fastoffice.visitors.queries import lists
from fastoffice.visitors.queries.lists import EXPORT_COLUMNS, Filter
from fastoffice.visitors.rules import visits

LONGEST = 120
CHUNK = 1 << 16


@blueprint.get("/history")
@access.require("visits.view")
def history() -> Response:
    """The newest first."""
    wanted = _wanted()
    found = lists.history(access.current_branch(), wanted, page_number())
    return page("history", fragment="_history", page=found, wanted=wanted, asked=_asked(wanted),
                **neighbours(found, "visits.history", **_asked(wanted)))


@blueprint.get("/history.<form>")
@access.require("visits.manage")
def export(form: str) -> Response:
    """What the search found, as a file."""
    form = form if form in ("csv", "xlsx") else "csv"
    branch, target = access.current_branch(), tempfile.TemporaryFile()  # noqa: SIM115  closed with the response
    rows = lists.export_rows(branch, _wanted())
    if form == "xlsx":
        export_files.write_xlsx(target, rows, EXPORT_COLUMNS, amounts=frozenset(), counts=frozenset({"id"}))
    else:
        export_files.write_csv(target, rows, EXPORT_COLUMNS, numbers={"id"}, mark=True)
    return _sent(target, form, f"{access.current_branch().code}-visits")


def _sent(target: IO[bytes], form: str, name: str) -> Response:
    size = target.seek(0, io.SEEK_END)
    target.seek(0)
    response = Response(_parts(target), content_type=MEDIA_TYPES[form])
    response.content_length = size
    response.call_on_close(target.close)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _parts(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while part := content.read(CHUNK):
            yield part


def _wanted() -> Filter:
    return Filter(request.args.get("q", "").strip()[:LONGEST], one_of("kind", visits.KINDS, ""), day_of("since"),
                  day_of("until"))


def _asked(wanted: Filter) -> dict[str, str]:
    return {"q": wanted.q, "kind": wanted.kind, "since": wanted.since.isoformat() if wanted.since else "",
            "until": wanted.until.isoformat() if wanted.until else ""}
