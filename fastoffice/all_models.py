"""Every table, imported once so that metadata, mappers and the database's own guards are complete."""

from fastoffice import guards
from fastoffice.audit import models as audit
from fastoffice.billing import models as billing
from fastoffice.bookings import models as bookings
from fastoffice.bookings import overlap
from fastoffice.branches import models as branches
from fastoffice.charges import models as charges
from fastoffice.clients import models as clients
from fastoffice.contracts import models as contracts
from fastoffice.documents import models as documents
from fastoffice.extensions import db
from fastoffice.guests import models as guests
from fastoffice.identity import models as identity
from fastoffice.identity.devices import models as devices
from fastoffice.mailroom import models as mailroom
from fastoffice.notifications import models as notifications
from fastoffice.payments import models as payments
from fastoffice.processes import models as processes
from fastoffice.receivables import models as receivables
from fastoffice.visitors import models as visitors
from fastoffice.workspaces import models as workspaces

__all__ = [
    "audit",
    "billing",
    "bookings",
    "branches",
    "charges",
    "clients",
    "contracts",
    "devices",
    "documents",
    "guests",
    "identity",
    "mailroom",
    "notifications",
    "payments",
    "processes",
    "receivables",
    "visitors",
    "workspaces",
]

guards.attach(db.metadata)
overlap.attach(db.metadata)
