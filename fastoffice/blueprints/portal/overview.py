"""What is owed and how to pay it, one document or several; coming back from the processor."""

from __future__ import annotations

import functools
from collections.abc import Callable

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, work_queue
from fastoffice.blueprints import paying
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.public.pay import remembers_link
from fastoffice.errors import Refusal
from fastoffice.identity import portal
from fastoffice.payments.queries import online
from fastoffice.payments.queries.overview import overview
from fastoffice.receivables import queries as receivables
from fastoffice.sent import whole
from fastoffice.visitors.queries import lists as visitors

MOST = 50  # documents in one payment
View = Callable[[], Response]


@blueprint.get("/")
@portal.require()
def show() -> Response:
    """Balance, open documents with their deadline, and what is under way."""
    return _overview()


@blueprint.get("/waiting")
@portal.require("visitors")
def waiting() -> Response:
    """Who stands in the lobby for them, as a fragment of the first page."""
    return make_response(render_template(
        "portal/_waiting.html", here=visitors.waiting_for(portal.current().client_id)))


@blueprint.post("/payments")
@own.at_most("20 per minute")
@portal.require("pay")
def pay() -> Response:
    """Go and pay the ticked documents online, by the means that was pressed."""
    ids = [whole(text, 0) for text in request.form.getlist("invoices")[:MOST]]
    try:
        if not any(ids):
            raise Refusal(_("Tick what you want to pay."))
        return _pay([key for key in ids if key])
    except Refusal as refusal:
        return _overview(status=422, error=str(refusal), ticked=ids)


def _pay(ids: list[int]) -> Response:
    """With the kept card that was pressed, else to the processor's page."""
    visitor, actor, home = portal.current(), portal.current_actor(), url_for(".back", _external=False)
    card = whole(request.form.get("card", ""), 0)
    if card:
        return paying.touch(visitor.branch_id, visitor.client_id, ids, card, actor, home)
    return paying.go(visitor.branch_id, visitor.client_id, ids, request.form.get("method", ""), actor, home,
                     save_card=bool(request.form.get("save_card")))


def _or_by_the_link(view: View) -> View:
    """Decorator: whoever is not in the portal, but paid on a page that somebody began here, sees it by their link."""
    @functools.wraps(view)
    def shown() -> Response:
        if portal.find() is None and remembers_link():
            return make_response(redirect(url_for("pay.back", attempt=request.args.get("attempt")), 303))
        return view()

    return shown


@blueprint.get("/return")
@_or_by_the_link
@portal.require()
def back() -> Response:
    """Back from the processor: what became of it as far as we know; a worker is asking meanwhile."""
    attempt = online.attempt_by_key(request.args.get("attempt", ""))
    if attempt is None or attempt.client_id != portal.current().client_id:
        return make_response(redirect(url_for(".show"), 303))
    if attempt.state in paying.UNDER_WAY:
        work_queue.ring_now(paying.SYNC, attempt.id)
    return _overview(attempt=attempt)


def _overview(status: int = 200, ticked: list[int] | None = None, **context: object) -> Response:
    visitor, branch = portal.current(), own.branch()
    found = overview(branch, visitor.client_id, clock.now())
    waiting = receivables.of_invoices([each.row.id for each in found.owed])
    offers, cards = (found.ways.offers, found.ways.cards) if visitor.can("pay") else ([], [])
    if ticked is None:
        ticked = [each.row.id for each in found.payable]
    return own.page("overview.html", status=status, pays=bool(offers), found=found, offers=offers, cards=cards,
                    ways=own.WAYS, branch=branch, ticked=ticked, questions={each.invoice_id for each in waiting},
                    hears_of_lobby=visitor.can("visitors"), **context)
