"""The clients' portal: coming in, looking, paying, asking."""

from fastoffice.blueprints.portal import contracts, entering, invoices, overview, statement
from fastoffice.blueprints.portal.base import blueprint

__all__ = ["blueprint", "contracts", "entering", "invoices", "overview", "statement"]
