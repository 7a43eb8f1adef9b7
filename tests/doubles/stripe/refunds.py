"""Refunds: whole or in part, never more than is left."""

from __future__ import annotations

from typing import Any

from stripe.params import RefundCreateParams, RefundListParams, RefundRetrieveParams

from tests.doubles.stripe import faults, paging
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.customers import metadata
from tests.doubles.stripe.routing import route


@route("POST", "/v1/refunds", RefundCreateParams)
def _create(book: Book, params: dict[str, Any]) -> Thing:
    charge = _charge(book, params)
    amount = _amount(charge, params)
    kind = charge["payment_method_details"]["type"]
    if kind == "oxxo":
        raise faults.state("This charge cannot be refunded: OXXO payments do not support refunds.",
                           "charge_not_refundable")
    if kind == "customer_balance" and not params.get("instructions_email"):
        raise faults.missing("instructions_email")
    is_done = kind == "card"
    refund = book.add(
        "refund", amount=amount, balance_transaction=None, charge=charge["id"], currency=charge["currency"],
        destination_details={"type": kind}, failure_reason=None, metadata=metadata(params),
        payment_intent=charge["payment_intent"], reason=params.get("reason"), receipt_number=None,
        status="succeeded" if is_done else "requires_action")
    _count(book, charge, amount)
    book.emit("refund.created", refund)
    return refund


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
    """The bank says at last what came of it: succeeded, or failed (the money is back with the merchant)."""
    refund = book.get("refund", refund_id)
    before, refund["status"] = refund["status"], status
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
