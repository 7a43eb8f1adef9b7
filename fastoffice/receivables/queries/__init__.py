"""Reading what clients asked."""

from fastoffice.receivables.queries.requests import (
    SHOWS,
    file_of,
    holds_of,
    latest_ids,
    load,
    of_client,
    of_invoices,
    requests_page,
    unanswered,
    waiting,
)

__all__ = ["SHOWS", "file_of", "holds_of", "latest_ids", "load", "of_client", "of_invoices", "requests_page",
           "unanswered", "waiting"]
