"""The live board: who waits, who is inside, what reception is wanted for; it asks for itself every few seconds."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.visits.base import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.documents.on_demand import pdf_now
from fastoffice.identity import access
from fastoffice.visitors import documents, queries, service


@blueprint.get("/")
@access.require("visits.view")
def board() -> Response:
    """Now. It is asked for every few seconds (docs/adr/0012): while nothing changed there is nothing to
    say, and nothing is swapped under anybody's finger.
    """
    now = clock.now()
    found = queries.board(access.current_branch(), now)
    if htmx.wants_fragment() and request.args.get("seen") == found.mark:
        return Response(status=204)
    return page("board", fragment="_board", board=found, now=now)


@blueprint.post("/calls/<int:call_id>/attendance")
@access.require("visits.register")
@writes
def attend(call_id: int) -> Response:
    """Somebody of reception goes."""
    service.attend(access.current_branch(), call_id, access.current_actor(), clock.now())
    htmx.toast(_("Noted: you look after it."))
    return htmx.redirect(url_for("visits.board"))


@blueprint.get("/evacuation")
@access.require("visits.view")
def evacuation() -> Response:
    """Who is in the house, to be called out."""
    now, branch = clock.now(), access.current_branch()
    today = clock.start_of_day(clock.local_date(now, branch.timezone), branch.timezone)
    return page("evacuation", people=queries.evacuation(branch, now), now=now, today=today)


@blueprint.get("/evacuation.pdf")
@access.require("visits.view")
def evacuation_pdf() -> Response:
    """The same on paper."""
    now, branch = clock.now(), access.current_branch()
    paper = documents.roll_call_of(branch, queries.evacuation(branch, now), now)
    response = Response(pdf_now(paper, branch.language), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="evacuation.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
