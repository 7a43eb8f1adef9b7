"""Charges: money that moved, or was refused."""

from __future__ import annotations

from typing import Any

from stripe.params import BalanceRetrieveParams, ChargeListParams, ChargeRetrieveParams

from tests.doubles.stripe import paging
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.routing import route


def make(book: Book, intent: Thing, details: Thing, method: Thing | None, failure: tuple[str, str] | None) -> Thing:
    """The charge of an intent; `failure` is (code, message)."""
    charge = book.add(
        "charge", amount=intent["amount"], amount_captured=0 if failure else intent["amount"], amount_refunded=0,
        balance_transaction=None, billing_details=dict((method or {}).get("billing_details", {})), captured=not failure,
        currency=intent["currency"], customer=intent["customer"], description=intent["description"], disputed=False,
        failure_code=failure[0] if failure else None, failure_message=failure[1] if failure else None,
        metadata=dict(intent["metadata"]), outcome=None, paid=not failure, payment_intent=intent["id"],
        payment_method=method["id"] if method else None, payment_method_details=details, receipt_email=None,
        receipt_url=None, refunded=False, status="failed" if failure else "succeeded", dispute=None)
    intent["latest_charge"] = charge["id"]
    book.emit("charge.failed" if failure else "charge.succeeded", charge)
    return charge


def details_of_card(method: Thing, is_authorised: bool) -> Thing:
    """payment_method_details of a card."""
    card = {name: method["card"][name] for name in
            ("brand", "last4", "exp_month", "exp_year", "country", "funding", "fingerprint", "checks", "wallet")}
    return {"type": "card", "card": {
        **card, "network": card["brand"],
        "three_d_secure": {"authenticated": True, "result": "authenticated"} if is_authorised else None}}


@route("GET", "/v1/balance", BalanceRetrieveParams)
def _balance(book: Book, params: dict[str, Any]) -> Thing:
    """What came in, as if nothing had been paid out yet."""
    sums: dict[str, int] = {}
    for each in book.every("charge"):
        taken = each["amount_captured"] - each["amount_refunded"]
        sums[each["currency"]] = sums.get(each["currency"], 0) + taken
    return {"object": "balance", "livemode": False, "pending": [],
            "available": [{"amount": amount, "currency": currency} for currency, amount in sorted(sums.items())]}


@route("GET", "/v1/charges", ChargeListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    rows = [each for each in book.every("charge")
            if params.get("payment_intent") in (None, each["payment_intent"])
            and params.get("customer") in (None, each["customer"])]
    return paging.page("/v1/charges", rows, params)


@route("GET", "/v1/charges/{}", ChargeRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("charge", id)
