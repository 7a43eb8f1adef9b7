"""Every table, imported once so that metadata and mappers are complete."""

from fastoffice.audit import models as audit
from fastoffice.billing import models as billing
from fastoffice.branches import models as branches
from fastoffice.clients import models as clients
from fastoffice.contracts import models as contracts
from fastoffice.documents import models as documents
from fastoffice.identity import models as identity
from fastoffice.notifications import models as notifications
from fastoffice.payments import models as payments
from fastoffice.workspaces import models as workspaces

__all__ = [
    "audit",
    "billing",
    "branches",
    "clients",
    "contracts",
    "documents",
    "identity",
    "notifications",
    "payments",
    "workspaces",
]
