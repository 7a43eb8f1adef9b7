"""Going to pay online, from the link's page and from the portal alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, make_response, redirect

from fastoffice import audit, clock
from fastoffice.billing.queries.portal import PayPage
from fastoffice.config import STRIPE
from fastoffice.payments import errors
from fastoffice.payments.queries import online
from fastoffice.payments.queries.online import Offer, Ways
from fastoffice.payments.rules import ONLINE
from fastoffice.payments.rules.online import UNDER_WAY
from fastoffice.payments.service.online import beginning

SYNC = "fastoffice.payments.jobs.sync_attempt"
HOSTED = "https://checkout.stripe.com"

__all__ = ["SYNC", "UNDER_WAY", "go", "hosts", "offers", "touch", "ways"]


def offers(page: PayPage) -> list[Offer]:
    """How this document can be paid online now."""
    if not page.invoice.is_open:
        return []
    return online.offers(page.branch.id, page.invoice.balance, page.invoice.currency, page.promised_until, clock.now())


def ways(page: PayPage, client_id: int) -> Ways:
    """The same with the cards that the client lets us keep: for somebody who signed in."""
    if not page.invoice.is_open:
        return Ways([], [])
    return online.ways(page.branch.id, client_id, page.invoice.balance, page.invoice.currency, page.promised_until,
                       clock.now())


def touch(branch_id: int, client_id: int, invoice_ids: Sequence[int], card_id: int, actor: audit.Actor,
          back: str) -> Response:
    """Pay with a kept card and show what came of it. Raises a Refusal in the client's words; nothing was charged."""
    key = beginning.touch(branch_id, client_id, invoice_ids, card_id, actor,
                          f"{current_app.config['SETTINGS'].base_url}{back}")
    answer: Any = redirect(f"{back}?{urlencode({'attempt': key})}", 303)
    return make_response(answer)


def go(branch_id: int, client_id: int, invoice_ids: Sequence[int], method: str, actor: audit.Actor,
       back: str, *, save_card: bool = False) -> Response:
    """To the processor's page. Raises a Refusal in the client's words; nothing was charged then."""
    if method not in ONLINE:
        raise errors.UnknownMethod
    address = beginning.begin(branch_id, client_id, invoice_ids, method, actor,
                              f"{current_app.config['SETTINGS'].base_url}{back}", save_card=save_card)
    response: Any = make_response(redirect(address, 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def hosts() -> str:
    """Where the form may lead: the processor's pages, or those of the double that stands in for it."""
    base = urlsplit(current_app.config["SETTINGS"].stripe_api_base)
    return HOSTED if base.geturl() == STRIPE else f"{base.scheme}://{base.netloc}"
