"""Calls to Stripe (API of the stripe package, version 16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import stripe

from fastoffice.payments.gateway.asking import ask, every, id_of, moment, noted
from fastoffice.payments.gateway.errors import GatewayRefused
from fastoffice.payments.gateway.returns import Returns
from fastoffice.payments.gateway.saved import Saved
from fastoffice.payments.gateway.values import IntentState, SessionRequest, SessionState

CONNECT_SECONDS, ANSWER_SECONDS = 5, 20
RETRIES = 2  # with the same idempotency key, inside one call
TYPES = {"card": "card", "oxxo": "oxxo", "spei": "customer_balance"}
METHODS = {value: key for key, value in TYPES.items()}
EXPAND_INTENT = ["latest_charge"]


class Gateway(Returns, Saved):
    """One branch's account. Every method raises GatewayAway or GatewayRefused."""

    def __init__(self, secret_key: str, api_base: str) -> None:
        self._stripe = stripe.StripeClient(
            secret_key, base_addresses={"api": api_base}, max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)))

    def check(self) -> None:
        """Whether the key opens the account; what is in it is not looked at."""
        ask(self._stripe.v1.balance.retrieve)

    def open_session(self, wanted: SessionRequest) -> SessionState:
        """Open a hosted page; asked again with the same key it is the same page."""
        params = _session_params(wanted)
        return _session(ask(lambda: self._stripe.v1.checkout.sessions.create(
            params, {"idempotency_key": f"session-{wanted.key}"})))

    def session(self, session_id: str) -> SessionState:
        """How a hosted page stands now."""
        return _session(ask(lambda: self._stripe.v1.checkout.sessions.retrieve(session_id)))

    def expire(self, session_id: str) -> SessionState:
        """Close a hosted page; one that is closed or complete already is answered as it is."""
        try:
            return _session(ask(lambda: self._stripe.v1.checkout.sessions.expire(session_id)))
        except GatewayRefused:
            return self.session(session_id)

    def intent(self, intent_id: str) -> IntentState:
        """How a payment stands now."""
        return _intent(ask(lambda: self._stripe.v1.payment_intents.retrieve(
            intent_id, {"expand": EXPAND_INTENT})))

    def create_customer(self, key: str, name: str, language: str) -> str:
        """The id of a new customer whose bank transfers wait for us to use them."""
        params: Any = {"name": name, "preferred_locales": [language], "metadata": {"client": key},
                       "cash_balance": {"settings": {"reconciliation_mode": "manual"}}}
        return str(ask(lambda: self._stripe.v1.customers.create(params, {"idempotency_key": f"customer-{key}"})).id)

    def intents_since(self, since: datetime) -> Iterator[IntentState]:
        """Every payment made since then, newest first."""
        params: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.latest_charge"]}
        return map(_intent, every(self._stripe.v1.payment_intents.list, params))


def check_signature(body: bytes, header: str, secret: str) -> None:
    """Whether Stripe signed `body` with this secret; its age is for the caller to judge. Raises GatewayRefused."""
    try:
        stripe.WebhookSignature.verify_header(body, header, secret)
    except (stripe.SignatureVerificationError, ValueError, TypeError) as error:  # no text, or letters in a signature
        raise GatewayRefused("signature") from error


def _session_params(wanted: SessionRequest) -> Any:
    kind = TYPES[wanted.method]
    params: dict[str, Any] = {
        "mode": "payment", "allowed_payment_method_types": [kind],
        "locale": {"es": "es-419"}.get(wanted.language, wanted.language),
        "client_reference_id": wanted.key, "metadata": {"attempt": wanted.key},
        "success_url": wanted.success_url, "cancel_url": wanted.cancel_url,
        "expires_at": int(wanted.expires_at.timestamp()),
        "line_items": [
            {"quantity": 1, "price_data": {"currency": wanted.currency.lower(), "unit_amount": amount,
                                           "product_data": {"name": text}}} for text, amount in wanted.lines],
        "payment_intent_data": {"metadata": {"attempt": wanted.key}, "description": " · ".join(
            text for text, _amount in wanted.lines)[:900]},
        "payment_method_options": _method_options(wanted),
    }
    if wanted.customer_id:
        params["customer"] = wanted.customer_id
    if wanted.save_card:
        params["payment_intent_data"]["setup_future_usage"] = "off_session"
    return params


def _method_options(wanted: SessionRequest) -> dict[str, Any]:
    if wanted.method == "oxxo":
        return {"oxxo": {"expires_after_days": wanted.voucher_days}}
    if wanted.method == "spei":
        return {"customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "mx_bank_transfer"}}}
    return {"card": {"request_three_d_secure": "automatic"}}


def _session(found: Any) -> SessionState:
    return SessionState(
        id=found.id, url=found.url or "", status=found.status, is_paid=found.payment_status == "paid",
        intent_id=id_of(found.payment_intent),
        reference=found.client_reference_id or "", expires_at=moment(found.expires_at))


def _intent(found: Any) -> IntentState:
    charge = found.latest_charge if not isinstance(found.latest_charge, str) else None
    details = charge.payment_method_details if charge else None
    kind = details.type if details else (found.payment_method_types or ["card"])[0]
    error = found.last_payment_error
    return IntentState(
        id=found.id, status=found.status, amount=found.amount, received=found.amount_received or 0,
        currency=found.currency.upper(), charged_at=moment(charge.created if charge else None),
        method=METHODS.get(kind, "card"), card=_card(details), reference=noted(found, "attempt"),
        error=str((error.decline_code if "decline_code" in error else None) or error.code or "")[:80] if error else "",
        voucher_until=_voucher_end(found), left=_left(found), customer_id=id_of(found.customer) or "",
        method_id=id_of(found.payment_method) or "", card_ends=_card_ends(details),
        shown_at=_shown_at(found))


def _card(details: Any) -> str:
    if not details or details.type != "card":
        return ""
    return f"{str(details.card.brand or '').title()} ·· {details.card.last4}"


def _left(found: Any) -> int:
    action = found.next_action
    if not action or action.type != "display_bank_transfer_instructions":
        return 0
    return int(action.display_bank_transfer_instructions.amount_remaining or 0)


def _card_ends(details: Any) -> tuple[int, int] | None:
    return (details.card.exp_year, details.card.exp_month) if details and details.type == "card" else None


def _voucher_end(found: Any) -> datetime | None:
    action = found.next_action
    if not action or action.type != "oxxo_display_details":
        return None
    return moment(action.oxxo_display_details.expires_after)


def _shown_at(found: Any) -> str:
    """The page that was paid on shows it no more once the client left it."""
    action = found.next_action
    if action and action.type == "oxxo_display_details":
        return str(action.oxxo_display_details.hosted_voucher_url or "")
    if action and action.type == "display_bank_transfer_instructions":
        return str(action.display_bank_transfer_instructions.hosted_instructions_url or "")
    return ""
