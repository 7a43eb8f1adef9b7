"""Refunds: whole or in part, never more than is left."""

from __future__ import annotations

import re
from typing import Any

from stripe.params import RefundCreateParams, RefundListParams, RefundRetrieveParams

from tests.doubles.stripe import faults, paging, transfers
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.customers import metadata
from tests.doubles.stripe.routing import route

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TRANSFER_SECONDS = 180 * 24 * 3600


@route("POST", "/v1/refunds", RefundCreateParams)
def _create(book: Book, params: dict[str, Any]) -> Thing:
    charge = _charge(book, params)
    amount = _amount(charge, params)
    kind = charge["payment_method_details"]["type"]
    if kind == "oxxo":
        raise faults.state("This charge cannot be refunded: OXXO payments do not support refunds.",
                           "charge_not_refundable")
    if kind == "customer_balance":
        _check_transfer(book, charge, params)
    is_done = kind == "card"
    refund = book.add(
        "refund", amount=amount, balance_transaction=None, charge=charge["id"], currency=charge["currency"],
        destination_details={"type": "mx_bank_transfer" if kind == "customer_balance" else kind}, failure_reason=None,
        instructions_email=params.get("instructions_email"), metadata=metadata(params),
        payment_intent=charge["payment_intent"], reason=params.get("reason"), receipt_number=None,
        status="succeeded" if is_done else "requires_action")
    _count(book, charge, amount)
    book.emit("refund.created", refund)
    return refund


def _check_transfer(book: Book, charge: Thing, params: dict[str, Any]) -> None:
    """They have to ask somebody for the account, and do it for 180 days."""
    email = params.get("instructions_email") or book.get("customer", charge["customer"])["email"]
    if not email:
        raise faults.missing("instructions_email")
    if not EMAIL.fullmatch(email):
        raise faults.invalid("instructions_email", f"Invalid email address: {email}", "email_invalid")
    if book.now() - charge["created"] > TRANSFER_SECONDS:
        raise faults.state("This payment is too old to be refunded.", "charge_expired_for_refund")


def _charge(book: Book, params: dict[str, Any]) -> Thing:
    if "charge" in params:
        return book.get("charge", params["charge"], "charge")
    if "payment_intent" not in params:
        raise faults.missing("charge")
    intent = book.get("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise faults.state("This PaymentIntent does not have a successful charge to refund.",
                           "payment_intent_unexpected_state")
    return book.get("charge", intent["latest_charge"])


def _amount(charge: Thing, params: dict[str, Any]) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] and (charge.get("_dispute_status") != "won"):
        raise faults.state("This charge is disputed and cannot be refunded.", "charge_disputed")
    if not left:
        raise faults.state(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    amount = int(params.get("amount", left))
    if amount <= 0:
        raise faults.invalid("amount", f"Invalid positive integer: {amount}", "parameter_invalid_integer")
    if amount > left:
        raise faults.invalid("amount", f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})")
    return amount


def _count(book: Book, charge: Thing, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    book.emit("charge.refunded", charge)


def finish(book: Book, refund_id: str, status: str) -> Thing:
    """The bank says at last what came of it: succeeded; failed (the money is back with the merchant); canceled (nobody
    told an account in 45 days: it is in the customer's balance)."""
    refund = book.get("refund", refund_id)
    before, refund["status"] = refund["status"], status
    if status == "canceled" and before != "canceled":
        customer = book.get("customer", book.get("charge", refund["charge"])["customer"])
        transfers.put_back(book, customer, refund)
    if status == "failed" and before != "failed":
        refund["failure_reason"] = "expired_or_canceled_card"
        charge = book.get("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        book.emit("refund.failed", refund)
    book.emit("refund.updated", refund, {"status": before})
    return refund


@route("GET", "/v1/refunds", RefundListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    rows = [each for each in book.every("refund")
            if params.get("payment_intent") in (None, each["payment_intent"])
            and params.get("charge") in (None, each["charge"])]
    return paging.page("/v1/refunds", rows, params)


@route("GET", "/v1/refunds/{}", RefundRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("refund", id)
