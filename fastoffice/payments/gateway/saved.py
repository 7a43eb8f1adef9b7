"""Cards that are kept: charged without their holder typing them, and given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import stripe

from fastoffice.payments.gateway.asking import ask
from fastoffice.payments.gateway.values import ChargeRequest, IntentState


class Saved:
    """The part of a branch's account that charges kept cards. Every method raises GatewayAway or GatewayRefused."""

    _stripe: Any

    if TYPE_CHECKING:  # the whole account has them

        def intent(self, intent_id: str) -> IntentState: ...
        def intents_since(self, since: datetime) -> Iterator[IntentState]: ...

    def charge(self, wanted: ChargeRequest) -> IntentState:
        """Charge a kept card, once per key. A card that is declined, or whose bank wants to ask its holder, is an
        answer like any other (requires_payment_method with its code)."""
        params = {
            "amount": wanted.amount, "currency": wanted.currency.lower(), "customer": wanted.customer_id,
            "payment_method": wanted.method_id, "confirm": True, "off_session": True,
            "description": wanted.description[:900], "metadata": {"attempt": wanted.key}}
        return self.intent(ask(lambda: self._charge(params, wanted.key)))

    def _charge(self, params: Any, key: str) -> str:
        try:
            return str(self._stripe.v1.payment_intents.create(params, {"idempotency_key": f"charge-{key}"}).id)
        except stripe.CardError as error:
            if error.error is None or not error.error.payment_intent:
                raise
            return str(error.error.payment_intent.id)

    def find(self, key: str, since: datetime) -> IntentState | None:
        """The payment that was made with this key, whether or not we heard of it; None when there is none."""
        return next((found for found in self.intents_since(since) if found.reference == key), None)

    def forget_card(self, method_id: str) -> None:
        """Let a kept card go."""
        ask(lambda: self._stripe.v1.payment_methods.detach(method_id))
