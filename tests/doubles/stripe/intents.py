"""PaymentIntents: one amount, tried until it is paid or given up."""

from __future__ import annotations

from typing import Any

from stripe.params import (
    PaymentIntentCancelParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
)

from tests.doubles.stripe import faults, paging, trying
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.customers import metadata
from tests.doubles.stripe.routing import route

LEAST = {"mxn": 1000, "usd": 50, "eur": 50, "ron": 200}
MOST = 99_999_999
CAN_BE_CANCELED = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    """Raises ApiError for an amount that Stripe does not take."""
    if amount < LEAST.get(currency.lower(), 50):
        raise faults.ApiError("The amount is below the minimum that can be charged.", code="amount_too_small",
                              param=param)
    if amount > MOST:
        raise faults.ApiError("Amount must be no more than $999,999.99", code="amount_too_large", param=param)


def make(book: Book, *, amount: int, currency: str, types: list[str], **values: Any) -> Thing:
    """An intent that nobody has tried to pay yet."""
    intent = book.add("payment_intent", **{
        "amount": amount, "amount_capturable": 0, "amount_received": 0, "canceled_at": None,
        "cancellation_reason": None, "capture_method": "automatic_async", "client_secret": None,
        "confirmation_method": "automatic", "currency": currency.lower(), "customer": None, "description": None,
        "last_payment_error": None, "latest_charge": None, "metadata": {}, "next_action": None, "payment_method": None,
        "payment_method_options": {}, "payment_method_types": types, "processing": None, "receipt_email": None,
        "setup_future_usage": None, "statement_descriptor": None, "status": "requires_payment_method", **values})
    intent["client_secret"] = f"{intent['id']}_secret_{intent['id'][-12:]}"
    book.emit("payment_intent.created", intent)
    return intent


@route("POST", "/v1/payment_intents", PaymentIntentCreateParams)
def _create(book: Book, params: dict[str, Any]) -> Thing:
    check_amount(params["amount"], params["currency"])
    if params.get("off_session") and not params.get("confirm"):
        raise faults.invalid("off_session", "off_session can only be used when confirm is true.")
    if "customer" in params:
        book.get("customer", params["customer"], "customer")
    method = _method(book, params)
    intent = make(book, amount=params["amount"], currency=params["currency"],
                  types=params.get("allowed_payment_method_types") or ["card"], customer=params.get("customer"),
                  description=params.get("description"), metadata=metadata(params),
                  receipt_email=params.get("receipt_email"), setup_future_usage=params.get("setup_future_usage"),
                  payment_method=method["id"] if method else None)
    if method is not None:
        intent["status"] = "requires_confirmation"
    if params.get("confirm"):
        _confirm(book, intent, bool(params.get("off_session")), params)
    return intent


def _method(book: Book, params: dict[str, Any]) -> Thing | None:
    if "payment_method" not in params:
        return None
    method = book.get("payment_method", params["payment_method"], "payment_method")
    if method["customer"] is not None and method["customer"] != params.get("customer"):
        raise faults.invalid("payment_method", "The payment method belongs to a customer. Include the customer in the "
                             "`customer` parameter.")
    if method["customer"] is None and method.get("_is_gone"):
        raise faults.invalid("payment_method", "The payment method was detached and may not be used again.")
    return method


def _confirm(book: Book, intent: Thing, off_session: bool, params: dict[str, Any]) -> None:
    if intent["payment_method"] is None:
        raise faults.state("You cannot confirm this PaymentIntent because it's missing a payment method.",
                           "payment_intent_unexpected_state")
    method = book.get("payment_method", intent["payment_method"])
    trying.with_card(book, intent, method, off_session=off_session)
    if intent["status"] == "requires_action" and params.get("error_on_requires_action"):
        trying.refuse(book, intent, method, trying.NEEDS_CARDHOLDER)
    error = intent["last_payment_error"]
    if error is not None and intent["status"] == "requires_payment_method":
        raise trying.as_answer(book, intent)


@route("POST", "/v1/payment_intents/{}/confirm", PaymentIntentConfirmParams)
def _confirm_again(book: Book, params: dict[str, Any], id: str) -> Thing:
    intent = book.get("payment_intent", id, "intent")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise faults.state(f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
                           "payment_intent_unexpected_state")
    method = _method(book, {**params, "customer": intent["customer"]})
    intent["payment_method"] = method["id"] if method else intent["payment_method"]
    _confirm(book, intent, bool(params.get("off_session")), params)
    return intent


@route("GET", "/v1/payment_intents/{}", PaymentIntentRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("payment_intent", id, "intent")


@route("GET", "/v1/payment_intents", PaymentIntentListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    rows = [each for each in book.every("payment_intent") if params.get("customer") in (None, each["customer"])]
    return paging.page("/v1/payment_intents", rows, params)


@route("POST", "/v1/payment_intents/{}/cancel", PaymentIntentCancelParams)
def _cancel(book: Book, params: dict[str, Any], id: str) -> Thing:
    intent = book.get("payment_intent", id, "intent")
    if intent.get("_session"):
        raise faults.state("You can't cancel the PaymentIntent for a Checkout Session. Expire the Checkout Session "
                           "instead.", "payment_intent_unexpected_state")
    if intent["status"] not in CAN_BE_CANCELED:
        raise faults.state(f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
                           "payment_intent_unexpected_state")
    trying.cancel(book, intent, params.get("cancellation_reason"))
    return intent
