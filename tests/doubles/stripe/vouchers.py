"""OXXO: a voucher, its shop, and the confirmation that comes a day or two later."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.doubles.stripe import faults, sessions, trying
from tests.doubles.stripe.book import Book, Thing

MEXICO = ZoneInfo("America/Mexico_City")
USUAL_DAYS = 3
CONFIRMED_WITHIN = timedelta(days=3)  # what the shop took before the end may still be told this much later


def issue(book: Book, session: Thing, intent: Thing) -> None:
    """A number to pay in a shop until 23:59:59 of its last day, Mexico City."""
    days = (session["payment_method_options"].get("oxxo") or {}).get("expires_after_days", USUAL_DAYS)
    today = datetime.fromtimestamp(book.now(), UTC).astimezone(MEXICO).date()
    last = datetime.combine(today + timedelta(days=days), datetime.max.time(), MEXICO)
    method = book.add("payment_method", type="oxxo", oxxo={}, customer=None, metadata={},
                      billing_details=dict(session["customer_details"]))
    intent.update(status="requires_action", payment_method=method["id"], last_payment_error=None, next_action={
        "type": "oxxo_display_details", "oxxo_display_details": {
            "expires_after": int(last.timestamp()), "number": "".join(secrets.choice("0123456789") for _ in range(31)),
            "hosted_voucher_url": book.link(session, "/voucher")}})
    book.emit("payment_intent.requires_action", intent)


def take_to_shop(book: Book, session: Thing) -> None:
    """The shop takes the cash; Stripe does not know yet. Raises ApiError when the voucher is over."""
    intent = _waiting(book, session)
    if book.now() > intent["next_action"]["oxxo_display_details"]["expires_after"]:
        raise faults.state("The voucher is over: the shop takes it no more.", "voucher_expired")
    intent["_in_shop_at"] = book.now()


def confirm(book: Book, session: Thing) -> Thing:
    """OXXO tells Stripe that it has the money."""
    intent = _waiting(book, session)
    if "_in_shop_at" not in intent:
        raise faults.state("Nobody has paid the voucher.", "voucher_unpaid")
    number = intent["next_action"]["oxxo_display_details"]["number"]
    trying.succeed(book, intent, {"type": "oxxo", "oxxo": {"number": number}})
    sessions.money_came(book, session)
    return session


def _waiting(book: Book, session: Thing) -> Thing:
    intent = book.get("payment_intent", session["payment_intent"] or "")
    if intent["status"] != "requires_action" or intent["next_action"]["type"] != "oxxo_display_details":
        raise faults.state("There is no voucher to pay.", "payment_intent_unexpected_state")
    return intent


def sweep(book: Book) -> None:
    """What the clock does: vouchers that nobody took to a shop have failed."""
    for intent in list(book.every("payment_intent")):
        details = (intent["next_action"] or {}).get("oxxo_display_details")
        if not details or "_in_shop_at" in intent:
            continue
        if book.now() > details["expires_after"] + CONFIRMED_WITHIN.total_seconds():
            _over(book, intent)


def _over(book: Book, intent: Thing) -> None:
    method = book.get("payment_method", intent["payment_method"])
    trying.fail(book, intent, {
        "type": faults.INVALID, "code": "payment_intent_payment_attempt_expired", "payment_method": dict(method),
        "message": "The payment attempt failed because the voucher expired before the customer paid it."})
    session = book.get("checkout.session", intent["_session"])
    book.emit("checkout.session.async_payment_failed", session)


