"""Reading what was received, what it pays, and what is left."""

from fastoffice.payments.queries.allocations import paid_by
from fastoffice.payments.queries.figures import (
    ClientMoney,
    client_money,
    clients_money,
    unapplied_credits,
    unapplied_total,
)
from fastoffice.payments.queries.lists import DeskFigures, Filter, desk_figures, payments_page
from fastoffice.payments.queries.page import PaymentPage, load, page, payment_of_credit
from fastoffice.payments.queries.payables import find_invoice_by_reference, heirs, open_by_id, open_rows, payable

__all__ = [
    "ClientMoney",
    "DeskFigures",
    "Filter",
    "PaymentPage",
    "client_money",
    "clients_money",
    "desk_figures",
    "find_invoice_by_reference",
    "heirs",
    "load",
    "open_by_id",
    "open_rows",
    "page",
    "paid_by",
    "payable",
    "payment_of_credit",
    "payments_page",
    "unapplied_credits",
    "unapplied_total",
]
