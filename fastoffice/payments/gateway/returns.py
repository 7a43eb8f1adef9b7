"""Money that goes back: refunds that we ask for, and disputes that cardholders open at their bank."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastoffice.payments.gateway.asking import ask, every, id_of, moment, noted
from fastoffice.payments.gateway.values import DisputeState, RefundState


class Returns:
    """The part of a branch's account that gives money back. Every method raises GatewayAway or GatewayRefused."""

    _stripe: Any

    def refund(self, key: str, intent_id: str, amount: int) -> RefundState:
        """Give back `amount` (minor units) of a payment; asked again with the same key it is the same refund."""
        params = {"payment_intent": intent_id, "amount": amount, "metadata": {"refund": key}}
        return _refund(ask(lambda: self._stripe.v1.refunds.create(params, {"idempotency_key": f"refund-{key}"})))

    def refund_state(self, refund_id: str) -> RefundState:
        """How a refund stands now."""
        return _refund(ask(lambda: self._stripe.v1.refunds.retrieve(refund_id)))

    def refunds_of(self, intent_id: str) -> list[RefundState]:
        """Every refund of a payment."""
        return list(map(_refund, every(self._stripe.v1.refunds.list, {"payment_intent": intent_id, "limit": 100})))

    def refunds_since(self, since: datetime) -> Iterator[RefundState]:
        """Every refund made since then."""
        return map(_refund, every(self._stripe.v1.refunds.list, _since(since)))

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
