"""What a client does on a hosted page, by whatever means; the page itself and the tests' short cuts both call this."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.doubles.stripe import cards, faults, methods, sessions, transfers, trying, vouchers
from tests.doubles.stripe.book import Book, Thing


def open_page(book: Book, session_id: str) -> Thing:
    """The session, if its page can still be used. Raises ApiError."""
    session = book.get("checkout.session", session_id, "session")
    if session["status"] != "open":
        raise faults.state(f"The page is {session['status']}.", "checkout_session_" + session["status"])
    return session


def introduce(session: Thing, name: str | None, email: str | None) -> None:
    """Who pays, as they typed it."""
    session["customer_details"] = {"name": name, "email": session["customer_email"] or email, "phone": None,
                                   "address": None, "tax_exempt": "none", "tax_ids": []}


def pay_by_card(book: Book, session_id: str, number: str, exp_month: int = 0, exp_year: int = 0,
                name: str | None = None, email: str | None = None) -> Thing:
    """The session after the try: complete, or open with a refusal or a question of the bank on its intent."""
    session = open_page(book, session_id)
    _needs(session, "card")
    known = cards.of_number(number)
    if known is None:
        raise faults.ApiError("This is no test card. Use 4242 4242 4242 4242.", status=402, type=faults.CARD,
                              code="incorrect_number", param="number")
    today = datetime.fromtimestamp(book.now(), UTC)
    month, year = exp_month or 12, exp_year or today.year + 3
    if not 1 <= month <= 12 or (year, month) < (today.year, today.month):
        raise faults.ApiError("Your card's expiration date is in the past.", status=402, type=faults.CARD,
                              code="expired_card", param="exp_year")
    introduce(session, name, email)
    intent = sessions.intent_of(book, session)
    trying.with_card(book, intent, methods.of_card(book, known[0], month, year, name, email))
    _finish(book, session, intent)
    return session


def answer_bank(book: Book, session_id: str, is_authorised: bool) -> Thing:
    """The cardholder authorises (or does not) on their bank's page."""
    session = open_page(book, session_id)
    intent = sessions.intent_of(book, session)
    trying.answer_of_cardholder(book, intent, is_authorised)
    _finish(book, session, intent)
    return session


def _finish(book: Book, session: Thing, intent: Thing) -> None:
    if intent["status"] == "succeeded":
        sessions.complete(book, session, is_paid=True)


def give_voucher(book: Book, session_id: str, name: str = "Laura Güemes", email: str = "laura@guemes.mx") -> Thing:
    """The client chose OXXO and holds a voucher."""
    session = open_page(book, session_id)
    _needs(session, "oxxo")
    introduce(session, name, email)
    vouchers.issue(book, session, sessions.intent_of(book, session))
    sessions.complete(book, session, is_paid=False)
    return session


def show_clabe(book: Book, session_id: str) -> Thing:
    """The client chose a transfer and sees where to."""
    session = open_page(book, session_id)
    _needs(session, "customer_balance")
    introduce(session, None, None)
    intent = sessions.intent_of(book, session)
    transfers.ask(book, intent)
    sessions.complete(book, session, is_paid=intent["status"] == "succeeded")
    return session


def _needs(session: Thing, type: str) -> None:
    if type not in session["payment_method_types"]:
        raise faults.invalid("payment_method", f"This page does not take {type}.")
