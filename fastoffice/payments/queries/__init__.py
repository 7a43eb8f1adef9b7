"""Reading what was received, what it pays, and what is left."""

from fastoffice.payments.queries.allocations import paid_by
from fastoffice.payments.queries.figures import (
    ClientMoney,
    client_money,
    clients_money,
    unapplied_credits,
    unapplied_total,
)
from fastoffice.payments.queries.payables import find_invoice_by_reference, heirs, open_rows, payable

__all__ = [
    "ClientMoney",
    "client_money",
    "clients_money",
    "find_invoice_by_reference",
    "heirs",
    "open_rows",
    "paid_by",
    "payable",
    "unapplied_credits",
    "unapplied_total",
]
