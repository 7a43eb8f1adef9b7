"""The clients' portal: coming in, looking, paying, asking."""

from fastoffice.blueprints.portal import (
    asking,
    cards,
    contracts,
    data,
    entering,
    invoices,
    mail,
    overview,
    requests,
    rooms,
    statement,
    visitors,
)
from fastoffice.blueprints.portal.base import blueprint

__all__ = [
    "asking", "blueprint", "cards", "contracts", "data", "entering", "invoices", "mail", "overview", "requests",
    "rooms", "statement", "visitors",
]
