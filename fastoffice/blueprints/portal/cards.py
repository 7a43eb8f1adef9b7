"""The cards that the client lets us keep: removed in one press; payment by itself, ordered and stopped."""

from __future__ import annotations

import logging

from flask import Response, flash, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.portal import own, sending
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.payments.gateway import GatewayAway
from fastoffice.payments.rules import autopay as rules
from fastoffice.payments.service.online import autopay
from fastoffice.payments.service.online import cards as kept

log = logging.getLogger(__name__)


@blueprint.get("/cards")
@portal.require("pay")
def cards() -> Response:
    """Which cards are kept, and whether one is charged by itself."""
    return _page(sending.blank(on_day=str(rules.LAST_DAY)))


@blueprint.post("/cards/<int:card_id>/removal")
@portal.require("pay")
def remove_card(card_id: int) -> Response:
    """Stop using a card, at once; what is ordered with it ends."""
    client_id = portal.current().client_id
    if card_id not in {card.id for card in kept.of_client(client_id)}:
        raise NotFound(_("There is no such card."))
    try:
        kept.remove(client_id, card_id, portal.current_actor())
    except GatewayAway:
        log.info("card %s is out of use here; the processor did not answer", card_id)
    flash(_("The card is removed. Nothing is charged to it any more."), "success")
    return htmx.redirect(url_for(".cards"))


@blueprint.post("/autopay")
@portal.require("pay")
@writes
def order_autopay() -> Response:
    """Charge a kept card by itself from now on."""
    visitor, form = portal.current(), Typed.sent()
    try:
        with db.session.begin_nested():
            autopay.order(visitor.branch_id, visitor.client_id, form.number("card"), _day(form), portal.current_actor(),
                          clock.now(), consent=form.on("consent"))
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form)
    flash(_("Done. Your invoices are paid by themselves from now on; you can stop it here whenever you want."),
          "success")
    return htmx.redirect(url_for(".cards"))


@blueprint.post("/autopay/end")
@portal.require("pay")
@writes
def stop_autopay() -> Response:
    """Charge nothing by itself any more."""
    visitor = portal.current()
    autopay.stop(visitor.branch_id, visitor.client_id, portal.current_actor(), clock.now())
    flash(_("Stopped. Nothing is charged by itself any more."), "success")
    return htmx.redirect(url_for(".cards"))


def _day(form: Typed) -> int:
    text = form.text("on_day")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1


def _page(form: Typed) -> Response:
    client_id, now = portal.current().client_id, clock.now()
    rows = kept.of_client(client_id)
    days = [(rules.LAST_DAY, _("the last day of the prompt price")), (rules.ON_ISSUE, _("the day it is issued")),
            *((day, _("day %(day)s of the month", day=day)) for day in range(1, rules.LAST_OF_MONTH + 1))]
    zone = own.branch().timezone
    return sending.form_page(
        "cards.html", form, rows=rows, order=autopay.order_of(client_id), days=days, day_names=dict(days),
        over={card.id for card in rows if kept.is_over(card, now, zone)})
