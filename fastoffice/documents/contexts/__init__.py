"""What each printed document shows: the values that a caller fills and a template reads.

One frozen dataclass per template (``template`` says which), all with keyword arguments only, so a
forgotten field fails where it is forgotten and not on a client's paper. The rules for every field:

* **Amounts** are ``int`` in minor units (centavos) of the document's ``currency``; never a sum made here:
  what is printed is what was passed.
* **Dates** are ``datetime.date`` in the branch's own calendar; **instants** are ``datetime`` already turned
  to the branch's zone (their wall-clock time is what gets printed).
* **Texts** are plain text, whoever typed them. They are escaped, stripped of control and direction marks and
  isolated by the template; never pass HTML.
* **Optional** fields have a default that prints nothing.

Amounts in words, the pay link's QR, grouped CLABE, month names and money formats are made by the template
from these values; words that belong to the paper ("Subtotal") are translated there.
"""

from fastoffice.documents.contexts.papers import (
    BadgeDocument,
    CancellationDocument,
    CoverSheetDocument,
    Document,
    EvidenceDocument,
    InvoiceDocument,
    ReceiptDocument,
    RollCallDocument,
    StatementDocument,
    context_of,
)
from fastoffice.documents.contexts.parts import (
    AppliedTo,
    Client,
    Enclosure,
    Evidence,
    Issuer,
    Line,
    Movement,
    PaymentInstructions,
    Person,
    PromptOffer,
    Replacement,
    Stage,
    TaxTotal,
)

__all__ = [
    "AppliedTo",
    "BadgeDocument",
    "CancellationDocument",
    "Client",
    "CoverSheetDocument",
    "Document",
    "Enclosure",
    "Evidence",
    "EvidenceDocument",
    "InvoiceDocument",
    "Issuer",
    "Line",
    "Movement",
    "PaymentInstructions",
    "Person",
    "PromptOffer",
    "ReceiptDocument",
    "Replacement",
    "RollCallDocument",
    "Stage",
    "StatementDocument",
    "TaxTotal",
    "context_of",
]
