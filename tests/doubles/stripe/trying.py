"""Trying to pay an intent: it succeeds, is refused, or waits for its cardholder."""

from __future__ import annotations

from tests.doubles.stripe import cards, charges, faults
from tests.doubles.stripe.book import Book, Thing, shown
from tests.doubles.stripe.cards import NEEDS_CARDHOLDER, REFUSED_BY_CARDHOLDER, Card
from tests.doubles.stripe.methods import attach

__all__ = ["NEEDS_CARDHOLDER"]


def with_card(book: Book, intent: Thing, method: Thing, *, off_session: bool = False) -> None:
    """Ask the card's bank. Afterwards the intent is succeeded, requires_action or requires_payment_method."""
    card = cards.CARDS[method["_number"]]
    intent["payment_method"] = method["id"]
    is_kept = method["customer"] is not None
    if card.code and (is_kept or not card.only_later):
        refuse(book, intent, method, card)
    elif card.asks == "always" or (card.asks == "once" and not method["_is_authorised"]):
        _ask_cardholder(book, intent, method, off_session)
    else:
        succeed(book, intent, charges.details_of_card(method, is_authorised=False), method)


def _ask_cardholder(book: Book, intent: Thing, method: Thing, off_session: bool) -> None:
    if off_session:
        refuse(book, intent, method, NEEDS_CARDHOLDER)
        return
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    book.emit("payment_intent.requires_action", intent)


def answer_of_cardholder(book: Book, intent: Thing, is_authorised: bool) -> None:
    """What the bank's page was told. Raises ApiError when nobody had been asked."""
    if intent["status"] != "requires_action" or intent["next_action"]["type"] != "use_stripe_sdk":
        raise faults.state("Nobody was asked.", "payment_intent_unexpected_state")
    method = book.get("payment_method", intent["payment_method"])
    if not is_authorised:
        refuse(book, intent, method, REFUSED_BY_CARDHOLDER)
        return
    method["_is_authorised"] = True
    succeed(book, intent, charges.details_of_card(method, is_authorised=True), method)


def succeed(book: Book, intent: Thing, details: Thing, method: Thing | None = None) -> None:
    """The money is there."""
    charges.make(book, intent, details, method, None)
    intent.update(status="succeeded", amount_received=intent["amount"], next_action=None, last_payment_error=None)
    if method is not None and intent["setup_future_usage"] and intent["customer"]:
        attach(book, method, intent["customer"])
    book.emit("payment_intent.succeeded", intent)


def refuse(book: Book, intent: Thing, method: Thing, card: Card) -> None:
    """The bank says no; another way to pay may be tried with the same intent."""
    text = cards.message(card)
    if card is not REFUSED_BY_CARDHOLDER:
        charges.make(book, intent, charges.details_of_card(method, is_authorised=False), method, (card.code, text))
    error = {"type": faults.CARD, "code": card.code, "message": text, "payment_method": shown(method)}
    if card.decline_code:
        error["decline_code"] = card.decline_code
    if intent["latest_charge"]:
        error["charge"] = intent["latest_charge"]
    fail(book, intent, error)


def fail(book: Book, intent: Thing, error: Thing) -> None:
    intent.update(status="requires_payment_method", next_action=None, last_payment_error=error, payment_method=None)
    book.emit("payment_intent.payment_failed", intent)


def as_answer(book: Book, intent: Thing) -> faults.ApiError:
    """The error that a call gets whose card was refused."""
    said = dict(intent["last_payment_error"])
    message, code = said.pop("message"), said.pop("code")
    said.pop("type")
    return faults.ApiError(message, status=402, type=faults.CARD, code=code, is_kept=True,
                           payment_intent=shown(intent), **said)


def cancel(book: Book, intent: Thing, reason: str | None) -> None:
    intent.update(status="canceled", canceled_at=book.now(), cancellation_reason=reason, next_action=None)
    book.emit("payment_intent.canceled", intent)
