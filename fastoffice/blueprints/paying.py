"""Going to pay online, from the link's page and from the portal alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect

from fastoffice import audit, clock
from fastoffice.billing.queries.portal import PayPage
from fastoffice.config import STRIPE
from fastoffice.payments import errors
from fastoffice.payments.queries import online
from fastoffice.payments.queries.online import Offer
from fastoffice.payments.rules import ONLINE
from fastoffice.payments.rules.online import UNDER_WAY
from fastoffice.payments.service.online import beginning

SYNC = "fastoffice.payments.jobs.sync_attempt"
HOSTED = "https://checkout.stripe.com"

__all__ = ["SYNC", "UNDER_WAY", "go", "hosts", "offers"]


def offers(page: PayPage) -> list[Offer]:
    """How this document can be paid online now."""
    if not page.invoice.is_open:
        return []
    return online.offers(page.branch.id, page.invoice.balance, page.invoice.currency, page.promised_until, clock.now())


def go(branch_id: int, client_id: int, invoice_ids: Sequence[int], method: str, actor: audit.Actor,
       back: str) -> Response:
    """To the processor's page. Raises a Refusal in the client's words; nothing was charged then."""
    if method not in ONLINE:
        raise errors.UnknownMethod
    address = beginning.begin(branch_id, client_id, invoice_ids, method, actor,
                              f"{current_app.config['SETTINGS'].base_url}{back}")
    response: Any = make_response(redirect(address, 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def hosts() -> str:
    """Where the form may lead: the processor's pages, or those of the double that stands in for it."""
    base = urlsplit(current_app.config["SETTINGS"].stripe_api_base)
    return HOSTED if base.geturl() == STRIPE else f"{base.scheme}://{base.netloc}"
