"""What was received and what is on its way. Nothing of it is ever deleted."""

from fastoffice.payments.models.by_hand import Payment, Receipt, Refund
from fastoffice.payments.models.online import (
    CardAccount,
    PayAttempt,
    PayAttemptPart,
    ProviderCustomer,
    ProviderDifference,
    ProviderEvent,
)
from fastoffice.payments.models.returns import CardDispute, CardRefund
from fastoffice.payments.models.saved import AutoPay, SavedCard

__all__ = [
    "AutoPay",
    "CardAccount",
    "CardDispute",
    "CardRefund",
    "PayAttempt",
    "PayAttemptPart",
    "Payment",
    "ProviderCustomer",
    "ProviderDifference",
    "ProviderEvent",
    "Receipt",
    "Refund",
    "SavedCard",
]
