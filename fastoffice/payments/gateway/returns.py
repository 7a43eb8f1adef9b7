"""Money that goes back: refunds that we ask for, and disputes that cardholders open at their bank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastoffice.payments.gateway.asking import ask, every, id_of, moment, noted
from fastoffice.payments.gateway.transfers import Transfers
from fastoffice.payments.gateway.values import DisputeState, RefundState


class Returns(Transfers):
    """The part of a branch's account that gives money back. Every method raises GatewayAway or GatewayRefused."""

    _stripe: Any

    def refund(self, key: str, intent_id: str, amount: int, email: str = "") -> RefundState:
        """Give back `amount` (minor units) of a payment; asked again with the same key it is the same refund.

        For what came by transfer they write to `email`, to be told the account.
        """
        params: dict[str, Any] = {"payment_intent": intent_id, "amount": amount, "metadata": {"refund": key}}
        if email:
            params["instructions_email"] = email
        return self._state(ask(lambda: self._stripe.v1.refunds.create(params, {"idempotency_key": f"refund-{key}"})))

    def refund_state(self, refund_id: str) -> RefundState:
        """How a refund stands now."""
        return self._state(ask(lambda: self._stripe.v1.refunds.retrieve(refund_id)))

    def refunds_of(self, intent_id: str) -> list[RefundState]:
        """Every refund of a payment."""
        return list(map(self._state, every(self._stripe.v1.refunds.list, {"payment_intent": intent_id, "limit": 100})))

    def refunds_since(self, since: datetime) -> Iterator[RefundState]:
        """Every refund made since then."""
        return map(self._state, every(self._stripe.v1.refunds.list, _since(since)))

    def _state(self, found: Any) -> RefundState:
        """As it is; one of a transfer that ended without an account may have been put into the client's balance."""
        state, details = _refund(found), found.destination_details if "destination_details" in found else None
        if state.status not in ("failed", "canceled") or (details and details.type == "card") or not state.intent_id:
            return state
        intent = ask(lambda: self._stripe.v1.payment_intents.retrieve(state.intent_id))
        customer, since = id_of(intent.customer), moment(found.created)
        is_kept = customer and since and self.came_back(customer, state.amount, since)
        return replace(state, status="kept") if is_kept else state

    def dispute(self, dispute_id: str) -> DisputeState:
        """How a dispute stands now."""
        return _dispute(ask(lambda: self._stripe.v1.disputes.retrieve(dispute_id)))

    def disputes_since(self, since: datetime) -> Iterator[DisputeState]:
        """Every dispute opened since then."""
        return map(_dispute, every(self._stripe.v1.disputes.list, _since(since)))


def _since(since: datetime) -> dict[str, Any]:
    return {"created": {"gte": int(since.timestamp())}, "limit": 100}


def _refund(found: Any) -> RefundState:
    error = found.failure_reason if "failure_reason" in found else None
    return RefundState(found.id, str(found.status or "pending"), found.amount, found.currency.upper(),
                       id_of(found.payment_intent) or "", noted(found, "refund"), str(error or ""))


def _dispute(found: Any) -> DisputeState:
    details = found.evidence_details if "evidence_details" in found else None
    return DisputeState(found.id, str(found.status), found.amount, found.currency.upper(),
                        id_of(found.payment_intent) or "", str(found.reason or ""),
                        moment(details.due_by) if details else None, moment(found.created))
