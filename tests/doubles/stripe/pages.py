"""The hosted pages as HTML: no script, no style of their own inside, and they say that they are for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

from tests.doubles.stripe.book import Thing
from tests.doubles.stripe.vouchers import MEXICO
from tests.doubles.stripe.words import WORDS, money

FIELDS = (  # name, word, autocomplete, mode
    ("number", "number", "cc-number", "numeric"), ("expiry", "expiry", "cc-exp", "text"),
    ("cvc", "cvc", "cc-csc", "numeric"), ("name", "name", "cc-name", "text"))


class Pages:
    """Pages of one session in one language."""

    def __init__(self, session: Thing, language: str) -> None:
        self.session, self.language, self.say = session, language, WORDS[language]
        self.amount = money(session["amount_total"], session["currency"])

    def form(self, error: str = "", typed: dict[str, str] | None = None) -> str:
        """Where the client pays."""
        parts = [self._items()]
        if error:
            parts.append(f'<p class="error" role="alert">{escape(self.say.get(error, self.say["card_declined"]))}</p>')
        makers = {"card": self._card, "oxxo": self._oxxo, "customer_balance": self._spei}
        parts += [makers[type](typed or {}) for type in self.session["payment_method_types"]]
        if self.session["cancel_url"]:
            parts.append(f'<p><a href="{escape(self.session["cancel_url"])}">{self.say["back"]}</a></p>')
        return self._page(self.say["title"], parts)

    def over(self) -> str:
        """A page that can't be used any more."""
        back = self.session["success_url" if self.session["status"] == "complete" else "cancel_url"]
        link = f'<p><a href="{escape(back)}">{self.say["return"]}</a></p>' if back else ""
        return self._page(self.say["title"], [f"<p>{self.say[self.session['status']]}</p>", link])

    def bank(self) -> str:
        """3-D Secure."""
        buttons = "".join(
            f'<button name="answer" value="{answer}"{look}>{self.say[answer]}</button>'
            for answer, look in (("authorise", ""), ("fail", ' class="plain"')))
        return self._page(self.say["bank"], [
            f'<div class="box"><p>{self.say["bank_text"].format(amount=self.amount)}</p>'
            f'<form method="post" action="{self._path("/3ds")}">{buttons}</form></div>'])

    def voucher(self, intent: Thing) -> str:
        """OXXO's voucher, and the shop for tests."""
        details = intent["next_action"]["oxxo_display_details"]
        day = datetime.fromtimestamp(details["expires_after"], UTC).astimezone(MEXICO).date()
        return self._page(self.say["voucher"], [
            self._rows(("total", self.amount), ("reference", details["number"])),
            f'<p>{self.say["until"].format(day=day.strftime("%d/%m/%Y"))}</p>', self._go_on(),
            self._button("/voucher", "shop")])

    def account(self, intent: Thing) -> str:
        """Where to transfer, and a transfer for tests."""
        told = intent["next_action"]["display_bank_transfer_instructions"]
        spei = told["financial_addresses"][0]["spei"]
        left = money(told["amount_remaining"], told["currency"])
        return self._page(self.say["transfer"], [
            self._rows(("amount", left), ("clabe", spei["clabe"]), ("beneficiary", spei["account_holder_name"]),
                       ("reference", told["reference"])), self._go_on(), self._button("/bank", "arrives")])

    def _card(self, typed: dict[str, str]) -> str:
        fields = "".join(self._field(*field, typed) for field in FIELDS) + self._email(typed)
        return self._submit("card", fields, self.say["pay"].format(amount=self.amount)) + \
            f'<p class="hint">{self.say["cards"]}</p>'

    def _oxxo(self, typed: dict[str, str]) -> str:
        return self._submit("oxxo", self._field("name", "name", "name", "text", typed) + self._email(typed),
                            self.say["get_voucher"])

    def _spei(self, _typed: dict[str, str]) -> str:
        return self._submit("customer_balance", "", self.say["get_clabe"])

    def _submit(self, method: str, fields: str, label: str) -> str:
        return (f'<form class="box" method="post" action="{self._path()}"><input type="hidden" name="method" '
                f'value="{method}">{fields}<button>{label}</button></form>')

    def _email(self, typed: dict[str, str]) -> str:
        if self.session["customer_email"]:
            return ""
        return self._field("email", "email", "email", "email", typed)

    def _field(self, name: str, word: str, complete: str, mode: str, typed: dict[str, str]) -> str:
        value = "" if name in ("number", "cvc") else escape(typed.get(name, ""))
        needed = "" if name == "email" else " required"
        return (f'<label for="{name}">{self.say[word]}</label><input id="{name}" name="{name}" value="{value}" '
                f'autocomplete="{complete}" inputmode="{mode}"{needed}>')

    def _items(self) -> str:
        rows = "".join(f'<dt>{escape(item["description"])}</dt><dd>{money(item["amount_total"], item["currency"])}</dd>'
                       for item in self.session["_items"])
        return f'<dl class="box">{rows}<dt class="total">{self.say["total"]}</dt><dd class="total">{self.amount}</dd></dl>'

    def _rows(self, *rows: tuple[str, str]) -> str:
        return '<dl class="box">' + "".join(
            f'<dt>{self.say[word]}</dt><dd class="wide">{escape(text)}</dd>' for word, text in rows) + "</dl>"

    def _go_on(self) -> str:
        return f'<p><a href="{escape(self.session["success_url"])}">{self.say["go_on"]}</a></p>'

    def _button(self, step: str, word: str) -> str:
        return (f'<form method="post" action="{self._path(step)}"><button class="plain">{self.say[word]}</button>'
                "</form>")

    def _path(self, step: str = "") -> str:
        return f"/c/pay/{self.session['id']}{step}"

    def _page(self, title: str, parts: list[Any]) -> str:
        return (f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                '<link rel="stylesheet" href="/assets/checkout.css"></head><body>'
                f'<p class="test">{self.say["test"]}</p><main><h1>{escape(title)}</h1>{"".join(parts)}</main></body></html>')
