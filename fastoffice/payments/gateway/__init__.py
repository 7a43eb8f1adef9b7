"""The card processor. Nothing outside this package knows `stripe`: values in, values out, or a named error."""

from fastoffice.payments.gateway.client import Gateway
from fastoffice.payments.gateway.errors import GatewayAway, GatewayRefused
from fastoffice.payments.gateway.values import (
    ChargeRequest,
    DisputeState,
    IntentState,
    RefundState,
    SessionRequest,
    SessionState,
)

__all__ = ["ChargeRequest", "DisputeState", "Gateway", "GatewayAway", "GatewayRefused", "IntentState", "RefundState",
           "SessionRequest", "SessionState"]
