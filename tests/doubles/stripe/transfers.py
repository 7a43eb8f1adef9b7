"""SPEI: a CLABE of the customer's own, what arrives there, and its use for a payment (by hand or by itself)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from stripe.params import (
    CustomerCashBalanceRetrieveParams,
    CustomerCashBalanceTransactionListParams,
    CustomerCashBalanceTransactionRetrieveParams,
    CustomerCashBalanceUpdateParams,
    CustomerFundingInstructionsCreateParams,
    PaymentIntentApplyCustomerBalanceParams,
)
from stripe.params.test_helpers import CustomerFundCashBalanceParams

from tests.doubles.stripe import faults, paging, sessions, trying
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.routing import route

BANK = "646180"


def clabe(customer_id: str) -> str:
    """Eighteen digits, always the same for a customer, the last one checks the others."""
    digits = BANK + f"{int(sha256(customer_id.encode()).hexdigest(), 16):020d}"[-11:]
    total = sum(int(digit) * weight % 10 for digit, weight in zip(digits, (3, 7, 1) * 6, strict=False))
    return digits + str((10 - total % 10) % 10)


def _address(customer_id: str) -> Thing:
    place = {"city": "Ciudad de México", "country": "MX", "line1": "Calle de Prueba 1", "line2": None,
             "postal_code": "06600", "state": "CMX"}
    return {"type": "spei", "supported_networks": ["spei"], "spei": {
        "clabe": clabe(customer_id), "bank_name": "STP (prueba)", "bank_code": "646", "account_holder_name": "Stripe",
        "account_holder_address": place, "bank_address": place}}


def ask(book: Book, intent: Thing) -> None:
    """The client is shown where to send the money; what lies there already is used where that happens by itself."""
    method = book.add("payment_method", type="customer_balance", customer_balance={}, customer=None, metadata={},
                      billing_details={"name": None, "email": None, "phone": None, "address": None})
    intent.update(status="requires_action", payment_method=method["id"], last_payment_error=None)
    _instruct(book, intent)
    book.emit("payment_intent.requires_action", intent)
    _reconcile(book, book.get("customer", intent["customer"]))


def _instruct(book: Book, intent: Thing) -> None:
    url = f"{book.base()}/c/pay/{intent['_session']}/bank" if intent.get("_session") else None
    intent["next_action"] = {"type": "display_bank_transfer_instructions", "display_bank_transfer_instructions": {
        "amount_remaining": intent["amount"] - intent.get("_applied", 0), "currency": intent["currency"],
        "financial_addresses": [_address(intent["customer"])], "hosted_instructions_url": url,
        "reference": intent["id"][-8:].upper(), "type": "mx_bank_transfer"}}


def arrive(book: Book, customer: Thing, amount: int, currency: str = "mxn") -> Thing:
    """A transfer reaches the customer's CLABE."""
    if amount <= 0:
        raise faults.invalid("amount", f"Invalid positive integer: {amount}", "parameter_invalid_integer")
    customer["_cash"][currency] = customer["_cash"].get(currency, 0) + amount
    made = _note(book, customer, "funded", amount, currency, funded={"bank_transfer": {
        "reference": None, "type": "mx_bank_transfer"}})
    book.emit("cash_balance.funds_available", _balance(customer))
    _reconcile(book, customer)
    return made


def put_back(book: Book, customer: Thing, refund: Thing) -> None:
    """A refund that found no account: its money lies with the customer's cash."""
    amount, currency = refund["amount"], refund["currency"]
    customer["_cash"][currency] = customer["_cash"].get(currency, 0) + amount
    _note(book, customer, "refunded_from_payment", amount, currency, refunded_from_payment={"refund": refund["id"]})
    book.emit("cash_balance.funds_available", _balance(customer))
    _reconcile(book, customer)


def _note(book: Book, customer: Thing, type: str, net: int, currency: str, **more: Any) -> Thing:
    made = book.add("customer_cash_balance_transaction", customer=customer["id"], currency=currency, net_amount=net,
                    ending_balance=customer["_cash"].get(currency, 0), type=type, **more)
    book.emit("customer_cash_balance_transaction.created", made)
    return made


def _reconcile(book: Book, customer: Thing) -> None:
    if customer["_mode"] != "automatic":
        return
    for intent in reversed(list(book.every("payment_intent"))):
        if intent["customer"] == customer["id"] and _waits(intent) and customer["_cash"].get(intent["currency"]):
            apply(book, intent, None)


def _waits(intent: Thing) -> bool:
    return (intent["next_action"] or {}).get("type") == "display_bank_transfer_instructions"


def apply(book: Book, intent: Thing, amount: int | None) -> None:
    """Use the customer's cash for this payment. Raises ApiError when there is none, or nothing to pay."""
    if not _waits(intent):
        raise faults.state(f"This PaymentIntent has a status of {intent['status']}.", "payment_intent_unexpected_state")
    customer, currency = book.get("customer", intent["customer"]), intent["currency"]
    available = customer["_cash"].get(currency, 0)
    left = intent["amount"] - intent.get("_applied", 0)
    used = min(left, available) if amount is None else amount
    if used <= 0 or used > min(left, available):
        raise faults.state("The customer's cash balance has insufficient funds for this.", "balance_insufficient")
    customer["_cash"][currency] = available - used
    intent["_applied"] = intent.get("_applied", 0) + used
    _note(book, customer, "applied_to_payment", -used, currency, applied_to_payment={"payment_intent": intent["id"]})
    if used == left:
        _paid(book, intent)
    else:
        _instruct(book, intent)
        book.emit("payment_intent.partially_funded", intent)


def _paid(book: Book, intent: Thing) -> None:
    trying.succeed(book, intent, {"type": "customer_balance", "customer_balance": {}})
    session = book.tables["checkout.session"].get(intent.get("_session") or "")
    if session is not None and session["status"] == "complete":
        sessions.money_came(book, session)


def _balance(customer: Thing) -> Thing:
    return {"object": "cash_balance", "customer": customer["id"], "livemode": False,
            "available": dict(customer["_cash"]) or None,
            "settings": {"reconciliation_mode": customer["_mode"], "using_merchant_default": False}}


@route("POST", "/v1/payment_intents/{}/apply_customer_balance", PaymentIntentApplyCustomerBalanceParams)
def _apply(book: Book, params: dict[str, Any], id: str) -> Thing:
    intent = book.get("payment_intent", id, "intent")
    if str(params.get("currency", intent["currency"])).lower() != intent["currency"]:
        raise faults.invalid("currency", "The currency is not that of the PaymentIntent.")
    apply(book, intent, params.get("amount"))
    return intent


@route("GET", "/v1/customers/{}/cash_balance", CustomerCashBalanceRetrieveParams)
def _retrieve_balance(book: Book, params: dict[str, Any], id: str) -> Thing:
    return _balance(book.get("customer", id))


@route("POST", "/v1/customers/{}/cash_balance", CustomerCashBalanceUpdateParams)
def _update_balance(book: Book, params: dict[str, Any], id: str) -> Thing:
    customer = book.get("customer", id)
    mode = (params.get("settings") or {}).get("reconciliation_mode", customer["_mode"])
    customer["_mode"] = "automatic" if mode == "merchant_default" else mode
    return _balance(customer)


@route("GET", "/v1/customers/{}/cash_balance_transactions", CustomerCashBalanceTransactionListParams)
def _list(book: Book, params: dict[str, Any], id: str) -> Thing:
    book.get("customer", id)
    rows = [each for each in book.every("customer_cash_balance_transaction") if each["customer"] == id]
    return paging.page(f"/v1/customers/{id}/cash_balance_transactions", rows, params)


@route("GET", "/v1/customers/{}/cash_balance_transactions/{}", CustomerCashBalanceTransactionRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], customer_id: str, id: str) -> Thing:
    return book.get("customer_cash_balance_transaction", id)


@route("POST", "/v1/customers/{}/funding_instructions", CustomerFundingInstructionsCreateParams)
def _instructions(book: Book, params: dict[str, Any], id: str) -> Thing:
    customer = book.get("customer", id)
    return {"object": "funding_instructions", "currency": params["currency"].lower(), "funding_type": "bank_transfer",
            "livemode": False, "bank_transfer": {
                "country": "MX", "type": "mx_bank_transfer", "financial_addresses": [_address(customer["id"])]}}


@route("POST", "/v1/test_helpers/customers/{}/fund_cash_balance", CustomerFundCashBalanceParams)
def _fund(book: Book, params: dict[str, Any], id: str) -> Thing:
    return arrive(book, book.get("customer", id), params["amount"], params["currency"].lower())
