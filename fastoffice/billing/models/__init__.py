"""What is owed. Amounts are minor units; an issued document's figures never change (a trigger sees to it)."""

from fastoffice.billing.models.activity import PortalActivity
from fastoffice.billing.models.credits import Allocation, Credit
from fastoffice.billing.models.invoices import Invoice, InvoiceHold, InvoiceLine, PayLink, Snapshot
from fastoffice.billing.models.ledger import JournalEntry, Posting
from fastoffice.billing.models.runs import BillingRun, BillingRunItem, DutyDone, LedgerCheck

__all__ = [
    "Allocation",
    "BillingRun",
    "BillingRunItem",
    "Credit",
    "DutyDone",
    "Invoice",
    "InvoiceHold",
    "InvoiceLine",
    "JournalEntry",
    "LedgerCheck",
    "PayLink",
    "PortalActivity",
    "Posting",
    "Snapshot",
]
