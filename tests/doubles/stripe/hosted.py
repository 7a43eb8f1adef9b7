"""Requests to the hosted pages: a form, a bank's question, a voucher, a CLABE; then back to the shop."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.doubles.stripe import checkout, faults, transfers, vouchers, words
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.pages import Pages

STEPS = {"oxxo": "/voucher", "customer_balance": "/bank"}
WAITS = {"/voucher": "oxxo_display_details", "/bank": "display_bank_transfer_instructions"}


@dataclass(frozen=True)
class Shown:
    """HTML, or somewhere to go (303)."""

    html: str = ""
    goes_to: str = ""


def answer(book: Book, session_id: str, step: str, form: dict[str, str] | None, accepted: str) -> Shown:
    """`form` is None for GET. Raises ApiError (404) for a session that does not exist."""
    session = book.get("checkout.session", session_id, "session")
    pages = Pages(session, words.language(session["locale"], accepted))
    if step in ("/voucher", "/bank"):
        return _afterwards(book, session, step, form, pages)
    if session["status"] != "open":
        return Shown(pages.over())
    if step == "/3ds":
        return _bank(book, session, form, pages)
    return Shown(pages.form()) if form is None else _pay(book, session, form, pages)


def _pay(book: Book, session: Thing, form: dict[str, str], pages: Pages) -> Shown:
    method = form.get("method", "card")
    if method == "oxxo":
        checkout.give_voucher(book, session["id"], form.get("name", ""), form.get("email", ""))
    elif method == "customer_balance":
        checkout.show_clabe(book, session["id"])
    else:
        return _by_card(book, session, form, pages)
    return Shown(goes_to=book.link(session, STEPS[method]))


def _by_card(book: Book, session: Thing, form: dict[str, str], pages: Pages) -> Shown:
    month, year = _expiry(form.get("expiry", ""))
    try:
        checkout.pay_by_card(book, session["id"], form.get("number", ""), month, year, form.get("name"),
                             form.get("email") or None)
    except faults.ApiError as error:
        return Shown(pages.form(str(error.body["error"].get("code")), form))
    return _after_card(book, session, pages, form)


def _expiry(text: str) -> tuple[int, int]:
    """(month, year) of 12/34; zeros for what can't be read: the double takes its own then."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*/?\s*(\d{2}|\d{4})\s*", text)
    return (int(found[1]), int(found[2]) % 100 + 2000) if found else (0, 0)


def _after_card(book: Book, session: Thing, pages: Pages, form: dict[str, str]) -> Shown:
    if session["status"] == "complete":
        return Shown(goes_to=_success(session))
    intent = book.get("payment_intent", session["payment_intent"])
    if intent["status"] == "requires_action":
        return Shown(goes_to=book.link(session, "/3ds"))
    error = intent["last_payment_error"]
    shown = error.get("decline_code", "")
    return Shown(pages.form(shown if shown in pages.say else error["code"], form))


def _bank(book: Book, session: Thing, form: dict[str, str] | None, pages: Pages) -> Shown:
    intent = book.tables["payment_intent"].get(session["payment_intent"] or "")
    if intent is None or intent["status"] != "requires_action":
        return Shown(goes_to=book.link(session))
    if form is None:
        return Shown(pages.bank())
    checkout.answer_bank(book, session["id"], form.get("answer") == "authorise")
    return _after_card(book, session, pages, {})


def _afterwards(book: Book, session: Thing, step: str, form: dict[str, str] | None, pages: Pages) -> Shown:
    """The voucher or the account; with a form, the shop or the bank does its part."""
    intent = book.tables["payment_intent"].get(session["payment_intent"] or "")
    if intent is None or WAITS[step] not in (intent["next_action"] or {}):
        return Shown(goes_to=_success(session)) if session["status"] == "complete" else Shown(pages.over())
    if step == "/voucher" and form is not None:
        vouchers.take_to_shop(book, session)
        vouchers.confirm(book, session)
        return Shown(goes_to=_success(session))
    if form is not None:
        left = intent["next_action"]["display_bank_transfer_instructions"]["amount_remaining"]
        transfers.arrive(book, book.get("customer", intent["customer"]), left, intent["currency"])
        return Shown(goes_to=_success(session))
    return Shown(pages.voucher(intent) if step == "/voucher" else pages.account(intent))


def _success(session: Thing) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
