"""Payment methods: cards that were typed on a hosted page, kept with a customer or not."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from stripe.params import (
    CustomerListPaymentMethodsParams,
    PaymentMethodAttachParams,
    PaymentMethodDetachParams,
    PaymentMethodListParams,
    PaymentMethodRetrieveParams,
)

from tests.doubles.stripe import faults, paging
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.cards import CARDS
from tests.doubles.stripe.routing import route


def of_card(book: Book, number: str, exp_month: int, exp_year: int, name: str | None, email: str | None) -> Thing:
    """A payment method for a test card; it belongs to nobody yet."""
    brand = CARDS[number].brand
    return book.add(
        "payment_method", type="card", customer=None, metadata={}, allow_redisplay="limited",
        billing_details={"name": name, "email": email, "phone": None, "address": None},
        card={"brand": brand, "last4": number[-4:], "exp_month": exp_month, "exp_year": exp_year, "country": "US",
              "funding": "credit", "fingerprint": sha256(number.encode()).hexdigest()[:16], "display_brand": brand,
              "checks": {"cvc_check": "pass"}, "wallet": None,
              "three_d_secure_usage": {"supported": True}},
        _number=number, _is_authorised=False)


def attach(book: Book, method: Thing, customer_id: str) -> None:
    """Keep it with a customer."""
    if method["customer"] == customer_id:
        return
    if method.get("_is_gone"):
        raise faults.invalid("payment_method", "The payment method you provided was previously detached from its "
                             "Customer and may not be used again.")
    method["customer"] = customer_id
    book.emit("payment_method.attached", method)


def of_customer(book: Book, customer_id: str, type: str | None) -> list[Thing]:
    return [each for each in book.every("payment_method")
            if each["customer"] == customer_id and type in (None, each["type"])]


@route("GET", "/v1/payment_methods", PaymentMethodListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    if "customer" not in params:
        raise faults.missing("customer")
    book.get("customer", params["customer"], "customer")
    return paging.page("/v1/payment_methods", of_customer(book, params["customer"], params.get("type")), params)


@route("GET", "/v1/customers/{}/payment_methods", CustomerListPaymentMethodsParams)
def _list_of_customer(book: Book, params: dict[str, Any], customer_id: str) -> Thing:
    book.get("customer", customer_id)
    return paging.page(f"/v1/customers/{customer_id}/payment_methods",
                       of_customer(book, customer_id, params.get("type")), params)


@route("GET", "/v1/payment_methods/{}", PaymentMethodRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("payment_method", id, "payment_method")


@route("POST", "/v1/payment_methods/{}/attach", PaymentMethodAttachParams)
def _attach(book: Book, params: dict[str, Any], id: str) -> Thing:
    method = book.get("payment_method", id, "payment_method")
    attach(book, method, book.get("customer", params.get("customer", ""), "customer")["id"])
    return method


@route("POST", "/v1/payment_methods/{}/detach", PaymentMethodDetachParams)
def _detach(book: Book, params: dict[str, Any], id: str) -> Thing:
    method = book.get("payment_method", id, "payment_method")
    if method["customer"] is None:
        raise faults.invalid("payment_method", "The payment method you provided is not attached to a customer so "
                             "detachment is impossible.")
    before, method["customer"], method["_is_gone"] = method["customer"], None, True
    book.emit("payment_method.detached", method, {"customer": before})
    return method
