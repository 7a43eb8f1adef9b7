"""Checkout Sessions: opened by the API, paid on their hosted page, over by themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionLineItemListParams,
    SessionListParams,
    SessionRetrieveParams,
)

from tests.doubles.stripe import customers, faults, intents, paging, trying
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.routing import route

SHORTEST, LONGEST = 30 * 60, 24 * 3600
OXXO_LEAST, OXXO_MOST = 10_00, 10_000_00
TYPES = ("card", "oxxo", "customer_balance")


@route("POST", "/v1/checkout/sessions", SessionCreateParams)
def _create(book: Book, params: dict[str, Any]) -> Thing:
    _check_addresses(params)
    items = _items(params)
    amount, currency = sum(each["amount_total"] for each in items), items[0]["currency"]
    types = _types(params, amount, currency)
    session = book.add(
        "checkout.session", **_plain(params), amount_subtotal=amount, amount_total=amount, currency=currency,
        payment_method_types=types, customer=_customer(book, params), customer_details=None,
        expires_at=_end(book, params), payment_intent=None, payment_status="unpaid", status="open",
        _items=items, _intent=params.get("payment_intent_data") or {})
    session["url"] = book.link(session)
    return session


def _plain(params: dict[str, Any]) -> Thing:
    keys = ("cancel_url", "success_url", "client_reference_id", "customer_email", "locale", "submit_type")
    intent = params.get("payment_intent_data") or {}
    if len(params.get("client_reference_id") or "") > 200:
        raise faults.invalid("client_reference_id", "client_reference_id may be up to 200 characters.")
    customers.metadata(intent, "payment_intent_data[metadata]")
    return {**{key: params.get(key) for key in keys}, "metadata": customers.metadata(params), "mode": params["mode"],
            "payment_method_options": params.get("payment_method_options") or {}, "setup_intent": None,
            "subscription": None, "invoice": None, "ui_mode": "hosted_page", "payment_method_collection": "if_required",
            "customer_creation": params.get("customer_creation", "if_required")}


def _check_addresses(params: dict[str, Any]) -> None:
    if params.get("mode") != "payment":
        raise faults.missing("mode") if "mode" not in params else faults.invalid("mode", "This double takes payments.")
    if "success_url" not in params:
        raise faults.missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and urlsplit(params[name]).scheme not in ("http", "https"):
            raise faults.invalid(name, "Not a valid URL", "url_invalid")


def _items(params: dict[str, Any]) -> list[Thing]:
    given = params.get("line_items") or []
    if not given:
        raise faults.missing("line_items")
    return [_item(each, f"line_items[{place}]") for place, each in enumerate(given)]


def _item(given: Thing, path: str) -> Thing:
    price = given.get("price_data")
    if price is None or "product_data" not in price:
        raise faults.missing(f"{path}[price_data][product_data]")
    quantity, unit = given.get("quantity"), price.get("unit_amount")
    if quantity is None or unit is None:
        raise faults.missing(f"{path}[quantity]" if quantity is None else f"{path}[price_data][unit_amount]")
    if quantity < 1 or unit < 0:
        raise faults.invalid(path, "This value must be greater than or equal to 1.", "parameter_invalid_integer")
    return {"object": "item", "description": price["product_data"]["name"], "quantity": quantity,
            "currency": price["currency"].lower(), "amount_total": quantity * unit, "amount_subtotal": quantity * unit}


def _types(params: dict[str, Any], amount: int, currency: str) -> list[str]:
    types = params.get("allowed_payment_method_types") or ["card"]
    intents.check_amount(amount, currency, "line_items")
    if unknown := [type for type in types if type not in TYPES]:
        raise faults.invalid("allowed_payment_method_types", f"The payment method type provided: {unknown[0]} is invalid.")
    future = (params.get("payment_intent_data") or {}).get("setup_future_usage")
    if "oxxo" in types:
        if currency != "mxn" or not OXXO_LEAST <= amount <= OXXO_MOST:
            raise faults.invalid("allowed_payment_method_types", "OXXO takes from 10.00 to 10,000.00 MXN.", "amount_too_large")
        if future:
            raise faults.invalid("payment_intent_data[setup_future_usage]", "OXXO cannot be set up for future use.")
    _check_options(params.get("payment_method_options") or {}, types, params)
    return list(types)


def _check_options(options: Thing, types: list[str], params: dict[str, Any]) -> None:
    for name in options:
        if name in TYPES and name not in types:
            raise faults.invalid(f"payment_method_options[{name}]", f"{name} is not among allowed_payment_method_types.")
    if "oxxo" in types and not 1 <= (options.get("oxxo") or {}).get("expires_after_days", 3) <= 7:
        raise faults.invalid("payment_method_options[oxxo][expires_after_days]", "It must be between 1 and 7.")
    if "customer_balance" not in types:
        return
    if "customer" not in params:
        raise faults.missing("customer")
    if (options.get("customer_balance") or {}).get("funding_type") != "bank_transfer":
        raise faults.missing("payment_method_options[customer_balance][funding_type]")


def _customer(book: Book, params: dict[str, Any]) -> str | None:
    if "customer" in params and "customer_email" in params:
        raise faults.invalid("customer", "You may only specify one of these parameters: customer, customer_email.")
    if "customer" not in params:
        return None
    return str(book.get("customer", params["customer"], "customer")["id"])


def _end(book: Book, params: dict[str, Any]) -> int:
    end = int(params.get("expires_at", book.now() + LONGEST))
    if not book.now() + SHORTEST <= end <= book.now() + LONGEST:
        raise faults.invalid("expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from "
                             "Checkout Session creation.")
    return end


def intent_of(book: Book, session: Thing) -> Thing:
    """The payment behind a page: made when somebody tries to pay, not before."""
    if session["payment_intent"]:
        return book.get("payment_intent", session["payment_intent"])
    data = session["_intent"]
    future = data.get("setup_future_usage")
    if session["customer"] is None and (future or session["customer_creation"] == "always"):
        email = (session["customer_details"] or {}).get("email")
        session["customer"] = customers.make(book, email=email)["id"]
    intent = intents.make(
        book, amount=session["amount_total"], currency=session["currency"], types=session["payment_method_types"],
        customer=session["customer"], description=data.get("description"), metadata=dict(data.get("metadata") or {}),
        receipt_email=data.get("receipt_email"), setup_future_usage=future, _session=session["id"],
        payment_method_options=session["payment_method_options"])
    session["payment_intent"] = intent["id"]
    return intent


def complete(book: Book, session: Thing, *, is_paid: bool) -> None:
    """Nobody can pay on this page any more: it was used."""
    session.update(status="complete", payment_status="paid" if is_paid else "unpaid", url=None)
    book.emit("checkout.session.completed", session)


def money_came(book: Book, session: Thing) -> None:
    session["payment_status"] = "paid"
    book.emit("checkout.session.async_payment_succeeded", session)


def end(book: Book, session: Thing) -> None:
    """Its time is over, or somebody closed it."""
    session.update(status="expired", url=None)
    if session["payment_intent"]:
        trying.cancel(book, book.get("payment_intent", session["payment_intent"]), "abandoned")
    book.emit("checkout.session.expired", session)


def sweep(book: Book) -> None:
    """What the clock does: pages whose time is over."""
    for session in list(book.every("checkout.session")):
        if session["status"] == "open" and session["expires_at"] <= book.now():
            end(book, session)


@route("GET", "/v1/checkout/sessions", SessionListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    rows = [each for each in book.every("checkout.session")
            if params.get("payment_intent") in (None, each["payment_intent"])
            and params.get("customer") in (None, each["customer"]) and params.get("status") in (None, each["status"])]
    return paging.page("/v1/checkout/sessions", rows, params)


@route("GET", "/v1/checkout/sessions/{}", SessionRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("checkout.session", id, "session")


@route("POST", "/v1/checkout/sessions/{}/expire", SessionExpireParams)
def _expire(book: Book, params: dict[str, Any], id: str) -> Thing:
    session = book.get("checkout.session", id, "session")
    if session["status"] != "open":
        raise faults.state(f"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session "
                           f"has a status of {session['status']}.", "resource_missing")
    end(book, session)
    return session


@route("GET", "/v1/checkout/sessions/{}/line_items", SessionLineItemListParams)
def _line_items(book: Book, params: dict[str, Any], id: str) -> Thing:
    session = book.get("checkout.session", id, "session")
    rows = [{"id": f"li_{place}", "created": session["created"], **each} for place, each in enumerate(session["_items"])]
    return paging.page(f"/v1/checkout/sessions/{id}/line_items", rows, params)
