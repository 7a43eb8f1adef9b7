"""Writing what was received: payments, their receipts, cheques, reversals, refunds, credit."""

from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service.cheques import bounce_cheque, clear_cheque, deposit_cheque
from fastoffice.payments.service.recording import Outcome, record_payment, record_payments
from fastoffice.payments.service.reversing import reverse_payment
from fastoffice.payments.service.spending import RefundSpec, apply_credit, reallocate, refund_credit, take_back

__all__ = [
    "Outcome",
    "PaymentSpec",
    "RefundSpec",
    "apply_credit",
    "bounce_cheque",
    "clear_cheque",
    "deposit_cheque",
    "reallocate",
    "record_payment",
    "record_payments",
    "refund_credit",
    "reverse_payment",
    "take_back",
]
