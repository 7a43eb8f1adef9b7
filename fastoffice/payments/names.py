"""How means of payment and states are called on screens and papers."""

from __future__ import annotations

from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

METHODS = {
    "cash": _l("Cash"),
    "transfer": _l("Bank transfer"),
    "cheque": _l("Cheque"),
    "pos": _l("Card terminal (POS)"),
    "other": _l("Other"),
}
ONLINE = {"card": _l("Card online"), "oxxo": _l("Cash at OXXO"), "spei": _l("SPEI online")}
ALL_METHODS = METHODS | ONLINE
ATTEMPT_STATES = {
    "created": _l("being prepared"), "open": _l("the client is paying"), "processing": _l("under way"),
    "paid": _l("paid and booked"), "failed": _l("failed"), "expired": _l("not finished"),
}
ATTEMPT_TONES = {"created": "mute", "open": "info", "processing": "warn", "paid": "ok", "failed": "bad",
                 "expired": "mute"}
DECLINES = {
    "card_declined": _l("the bank declined the card"), "generic_decline": _l("the bank declined the card"),
    "insufficient_funds": _l("not enough money on the card"), "expired_card": _l("the card has expired"),
    "incorrect_cvc": _l("wrong security code"), "lost_card": _l("the bank declined the card"),
    "stolen_card": _l("the bank declined the card"),
    "authentication_required": _l("the bank wants the client to confirm"),
    "payment_intent_authentication_failure": _l("the client did not confirm at the bank"),
}
REFUND_STATES = {"created": _l("being asked for"), "pending": _l("under way"), "succeeded": _l("refunded"),
                 "failed": _l("failed: the money is the client's credit again"),
                 "kept": _l("no account was told: it lies in the client's balance at Stripe")}
REFUND_TONES = {"created": "info", "pending": "info", "succeeded": "ok", "failed": "bad", "kept": "bad"}
DISPUTE_STATES = {"needs_response": _l("needs an answer"), "under_review": _l("the bank is deciding"),
                  "won": _l("won"), "lost": _l("lost")}
DISPUTE_TONES = {"needs_response": "bad", "under_review": "warn", "won": "ok", "lost": "bad"}
DISPUTE_REASONS = {
    "fraudulent": _l("the cardholder says it was not them"), "duplicate": _l("charged twice"),
    "product_not_received": _l("the service was not received"), "unrecognized": _l("the cardholder does not know it"),
    "product_unacceptable": _l("the service was not as agreed"), "subscription_canceled": _l("it was cancelled before"),
    "credit_not_processed": _l("a refund was promised"), "general": _l("no reason given"),
}
DIFFERENCES = {
    "unknown_money": _l("Stripe took money that we did not book"),
    "missing_money": _l("We booked money that Stripe does not have"),
    "amount": _l("Stripe and we have different amounts"),
    "unknown_refund": _l("A refund was made in Stripe's dashboard"),
    "refund_failed": _l("A refund did not reach the client"),
    "refund_kept": _l("A refund found no account: it lies in the client's balance at Stripe and pays their next SPEI"),
    "unknown_dispute": _l("A dispute about money that we do not know"),
    "unread_event": _l("Something that Stripe told us could not be read"),
    "dispute_changed": _l("A closed dispute changed afterwards"),
    "guest_too_late": _l("A guest paid after the hold ran out and the room was taken: the money goes back"),
}
STATES = {
    "received": _l("received"),
    "pending": _l("cheque in process"),
    "bounced": _l("bounced"),
    "reversed": _l("reversed"),
}
CHEQUE_STATES = {
    "received": _l("cheque received"),
    "deposited": _l("cheque deposited"),
    "cleared": _l("cheque cleared"),
    "bounced": _l("cheque bounced"),
}
TONES = {"received": "ok", "pending": "warn", "bounced": "bad", "reversed": "bad"}


@lru_cache(maxsize=64)
def method_in(method: str, language: str) -> str:
    """The means of payment in the reader's language."""
    with force_locale(language):
        return str(ALL_METHODS.get(method, method))


def refund_way(method: str, card: str, language: str) -> str:
    """How a refund reaches its reader: "to the card it came from, …"."""
    with force_locale(language):
        if method == "card" and card:
            return _("to the card %(card)s; the bank shows it in 5 to 10 days", card=card)
        if method == "card":
            return _("to the card it came from; the bank shows it in 5 to 10 days")
        return _("by SPEI, to your bank account") if method == "spei" else method_in(method, language)


@lru_cache(maxsize=8)
def void_word(language: str) -> str:
    """What is added to the file name of a void receipt."""
    with force_locale(language):
        return _("void")
