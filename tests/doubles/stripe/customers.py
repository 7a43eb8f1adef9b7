"""Customers."""

from __future__ import annotations

from typing import Any

from stripe.params import CustomerCreateParams, CustomerListParams, CustomerRetrieveParams, CustomerUpdateParams

from tests.doubles.stripe import faults, paging
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.routing import route

METADATA_KEYS, METADATA_KEY, METADATA_VALUE = 50, 40, 500


def metadata(params: dict[str, Any], path: str = "metadata") -> dict[str, str]:
    """What was given, within Stripe's limits. Raises ApiError."""
    given = params.get("metadata") or {}
    if len(given) > METADATA_KEYS:
        raise faults.invalid(path, f"Metadata can have at most {METADATA_KEYS} keys.")
    for name, value in given.items():
        if len(name) > METADATA_KEY or len(value) > METADATA_VALUE:
            raise faults.invalid(f"{path}[{name}]", "Metadata keys have at most 40 and values at most 500 characters.")
    return dict(given)


def make(book: Book, **values: Any) -> Thing:
    """A customer; its cash balance is reconciled automatically unless told."""
    mode = values.pop("mode", "automatic")
    customer = book.add("customer", **{
        "name": None, "email": None, "phone": None, "description": None, "metadata": {}, "preferred_locales": [],
        "invoice_settings": {"default_payment_method": None}, "balance": 0, "currency": None, "delinquent": False,
        **values}, _mode=mode, _cash={})
    book.emit("customer.created", customer)
    return customer


def reconciliation(params: dict[str, Any]) -> str:
    settings = (params.get("cash_balance") or {}).get("settings") or {}
    mode = settings.get("reconciliation_mode", "automatic")
    return "automatic" if mode == "merchant_default" else str(mode)


@route("POST", "/v1/customers", CustomerCreateParams)
def _create(book: Book, params: dict[str, Any]) -> Thing:
    known = ("name", "email", "phone", "description", "preferred_locales")
    return make(book, metadata=metadata(params), mode=reconciliation(params),
                **{name: params[name] for name in known if name in params})


@route("GET", "/v1/customers", CustomerListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    rows = [each for each in book.every("customer") if params.get("email") in (None, each["email"])]
    return paging.page("/v1/customers", rows, params)


@route("GET", "/v1/customers/{}", CustomerRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("customer", id)


@route("POST", "/v1/customers/{}", CustomerUpdateParams)
def _update(book: Book, params: dict[str, Any], id: str) -> Thing:
    customer = book.get("customer", id)
    for name in ("name", "email", "phone", "description", "preferred_locales", "invoice_settings"):
        if name in params:
            customer[name] = params[name] or None
    customer["metadata"] = {**customer["metadata"], **metadata(params)}
    if "cash_balance" in params:
        customer["_mode"] = reconciliation(params)
    book.emit("customer.updated", customer)
    return customer
