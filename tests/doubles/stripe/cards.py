"""Test cards: what each of Stripe's numbers does. https://docs.stripe.com/testing"""

from __future__ import annotations

from dataclasses import dataclass

GOOD, DECLINED, POOR = "4242424242424242", "4000000000000002", "4000000000009995"
ASKS_ONCE, ASKS_ALWAYS = "4000002500003155", "4000002760003184"
KEEPS_THEN_FAILS = "4000000000000341"


@dataclass(frozen=True)
class Card:
    """`code` and `decline_code` of its refusal; `asks` for 3-D Secure: never, until it was kept, always."""

    brand: str = "visa"
    code: str = ""
    decline_code: str = ""
    asks: str = "never"
    only_later: bool = False


CARDS = {
    GOOD: Card(),
    "5555555555554444": Card("mastercard"),
    "378282246310005": Card("amex"),
    DECLINED: Card(code="card_declined", decline_code="generic_decline"),
    POOR: Card(code="card_declined", decline_code="insufficient_funds"),
    "4000000000009987": Card(code="card_declined", decline_code="lost_card"),
    "4000000000000069": Card(code="expired_card", decline_code="expired_card"),
    "4000000000000127": Card(code="incorrect_cvc", decline_code="incorrect_cvc"),
    "4000000000000119": Card(code="processing_error", decline_code="processing_error"),
    ASKS_ONCE: Card(asks="once"),
    ASKS_ALWAYS: Card(asks="always"),
    KEEPS_THEN_FAILS: Card(code="card_declined", decline_code="generic_decline", only_later=True),
}
NEEDS_CARDHOLDER = Card(code="authentication_required", decline_code="authentication_required")
REFUSED_BY_CARDHOLDER = Card(code="payment_intent_authentication_failure")
MESSAGES = {
    "card_declined": "Your card was declined.", "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.", "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "payment_intent_authentication_failure": "The provided PaymentMethod has failed authentication. You can provide "
    "payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.",
}


def of_number(text: str) -> tuple[str, Card] | None:
    """(number, card); None for one that is no test card."""
    number = "".join(char for char in text if char.isdigit())
    return (number, CARDS[number]) if number in CARDS else None


def message(card: Card) -> str:
    return MESSAGES.get(card.decline_code) or MESSAGES.get(card.code) or MESSAGES["card_declined"]
