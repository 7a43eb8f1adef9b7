"""Bank transfers (SPEI): what arrives at a client's CLABE lies there until we use it for a payment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastoffice.payments.gateway.asking import ask, every, id_of, moment

PAGE = 20


class Transfers:
    """The part of a branch's account that takes transfers. Every method raises GatewayAway or GatewayRefused."""

    _stripe: Any

    def cash(self, customer_id: str, currency: str) -> int:
        """What lies there unused (minor units)."""
        available = ask(lambda: self._stripe.v1.customers.cash_balance.retrieve(customer_id)).available
        return int(available[currency.lower()]) if available and currency.lower() in available else 0

    def apply_cash(self, intent_id: str) -> None:
        """Use what lies there for this payment."""
        ask(lambda: self._stripe.v1.payment_intents.apply_customer_balance(intent_id))

    def arrived_at(self, customer_id: str, intent_id: str) -> datetime | None:
        """When the last transfer came that paid this; None while nothing of it is used."""
        is_used = False
        for each in self._movements(customer_id):
            if each.type == "applied_to_payment" and id_of(each.applied_to_payment.payment_intent) == intent_id:
                is_used = True
            elif each.type == "funded" and is_used:
                return moment(each.created)
        return None

    def last_arrival(self, customer_id: str) -> str:
        """Their name for the newest transfer; empty when none ever came."""
        return next((str(each.id) for each in self._movements(customer_id) if each.type == "funded"), "")

    def came_back(self, customer_id: str, amount: int, since: datetime) -> bool:
        """Whether that much was put there since then by something else than a transfer."""
        for each in self._movements(customer_id):
            at = moment(each.created)
            if at is None or at < since:
                return False
            if each.type != "funded" and each.net_amount == amount:
                return True
        return False

    def _movements(self, customer_id: str) -> Iterator[Any]:
        return every(lambda params: self._stripe.v1.customers.cash_balance_transactions.list(customer_id, params),
                     {"limit": PAGE})
