"""Reading what clients asked."""

from fastoffice.receivables.queries.requests import (
    file_of,
    load,
    of_client,
    of_invoices,
    requests_page,
    waiting,
)

__all__ = ["file_of", "load", "of_client", "of_invoices", "requests_page", "waiting"]
