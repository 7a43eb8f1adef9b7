"""Who answers whom: capabilities tell the leaves what only they know. Part of the composition root."""

from __future__ import annotations

from fastoffice.billing import documents as billing_documents
from fastoffice.billing import outbox as billing_outbox
from fastoffice.branches import outbox as branches_outbox
from fastoffice.notifications import covers


def connect() -> None:
    """Register every builder and answer; again without harm."""
    billing_documents.register()
    billing_outbox.register()
    branches_outbox.register()
    covers.register()
