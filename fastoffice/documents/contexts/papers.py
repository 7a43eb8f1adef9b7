"""The printed documents, one class per template. The rules for fields stand in the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, ClassVar

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


@dataclass(frozen=True, kw_only=True)
class Document:
    """What every document has."""

    template: ClassVar[str]

    issuer: Issuer
    """Who sends it."""
    number: str
    """Series and number as people quote it: "PLC-000412"."""
    currency: str
    """ISO 4217 code of every amount of the document."""
    issued_on: date
    """Date printed as issue date, branch calendar."""
    notes: tuple[str, ...] = ()
    """Free texts at the end, one paragraph each."""

    def as_context(self) -> dict[str, Any]:
        """Shallow dict of the fields, as the template sees them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument(Document):
    """documents/invoice.html"""

    template: ClassVar[str] = "documents/invoice.html"

    client: Client
    """Who owes it."""
    stage: Stage
    """"prompt" prints "Pago puntual", "list" prints "Precio de lista", "other" prints nothing."""
    period: date | None
    """Any day of the billed month; None for a one-off invoice."""
    due_on: date | None = None
    """Due date; not printed while ``prompt`` says it with its hour."""
    lines: tuple[Line, ...]
    """In printed order."""
    subtotal: int
    """Sum of the lines' amounts, minor units."""
    taxes: tuple[TaxTotal, ...] = ()
    """One per tax and rate, in printed order."""
    withholdings: tuple[TaxTotal, ...] = ()
    """One per withholding, in printed order."""
    total: int
    """subtotal + taxes − withholdings, minor units."""
    paid: int = 0
    """Already paid (or moved from a replaced document), minor units; 0 prints no row."""
    balance: int
    """What is left to pay, minor units."""
    prompt: PromptOffer | None = None
    """Box with the prompt price, its exact deadline and what comes after; None prints no box."""
    payment: PaymentInstructions | None = None
    """None prints no "how to pay" (nothing to pay)."""
    replaces: str = ""
    """Number of the document that this one replaces."""
    replaced_by: str = ""
    """Number of the document that replaces this one."""
    purchase_order: str = ""
    """The client's own reference, when they asked for one on the invoice."""


@dataclass(frozen=True, kw_only=True)
class CancellationDocument(Document):
    """documents/cancellation.html (``number`` and ``issued_on`` are those of the cancelled document)"""

    template: ClassVar[str] = "documents/cancellation.html"

    client: Client
    """Whose document was cancelled."""
    stage: Stage
    """Price the cancelled document was issued at."""
    period: date | None
    """Any day of the billed month; None for a one-off invoice."""
    total: int
    """Total of the cancelled document, minor units."""
    paid: int = 0
    """What had been paid on it when it was cancelled, minor units."""
    cancelled_at: datetime
    """Instant of the cancellation in the branch's zone."""
    reason: str
    """Why, in a sentence for the client."""
    replacement: Replacement | None = None
    """None where nothing takes its place."""
    next_steps: tuple[str, ...] = ()
    """What the client should do, one step each."""
    payment: PaymentInstructions | None = None
    """How to pay the replacement."""


@dataclass(frozen=True, kw_only=True)
class ReceiptDocument(Document):
    """documents/receipt.html"""

    template: ClassVar[str] = "documents/receipt.html"

    client: Client
    """Who paid."""
    amount: int
    """Amount received, minor units."""
    method: str
    """Means in words: "Transferencia SPEI"."""
    value_date: date
    """Value date of the payment."""
    reference: str = ""
    """Bank's or cheque's reference."""
    taken_by: str = ""
    """Who took it."""
    applied_to: tuple[AppliedTo, ...] = ()
    """Documents covered, in printed order."""
    credit_left: int = 0
    """Part not applied to any document: the client's credit, minor units."""
    reversed_on: date | None = None
    """Set when the payment was reversed: prints the receipt as void."""
    reversal_reason: str = ""
    """Why it was reversed."""


@dataclass(frozen=True, kw_only=True)
class CoverSheetDocument(Document):
    """documents/cover_sheet.html: address placed for a No. 10 window envelope (letter folded in three)"""

    template: ClassVar[str] = "documents/cover_sheet.html"

    recipient: Client
    """Addressee; ``address`` and ``postal_code`` go into the window (four lines fit)."""
    enclosures: tuple[Enclosure, ...]
    """What is in the envelope."""
    message: str = ""
    """Short text to the client; empty prints the usual sentence."""


@dataclass(frozen=True, kw_only=True)
class StatementDocument(Document):
    """documents/statement.html (``number`` is the client's period in words, ``issued_on`` the day it was made)"""

    template: ClassVar[str] = "documents/statement.html"

    client: Client
    """Whose account it is."""
    since: date
    """First day, inclusive."""
    until: date
    """Last day, inclusive."""
    opening: int
    """Owed before ``since``, minor units; below zero in the client's favour."""
    movements: tuple[Movement, ...]
    """In order of their day."""
    charges: int
    """Sum of the movements' charges, minor units."""
    payments: int
    """Sum of the movements' payments, minor units."""
    closing: int
    """Owed after ``until``, minor units."""


@dataclass(frozen=True, kw_only=True)
class BadgeDocument(Document):
    """documents/badge.html: a label of 90 × 55 mm (``number`` is the code)"""

    template: ClassVar[str] = "documents/badge.html"

    visitor: str
    """Name to print large."""
    company: str = ""
    """Where they come from."""
    host: str
    """Whom they visit."""
    kind: str
    """What brings them, in a word."""
    arrived_at: datetime
    """Instant of arrival in the branch's zone."""
    code: str
    """What signs them out, as people read it."""
    qr: str
    """The same for the scanner."""


@dataclass(frozen=True, kw_only=True)
class RollCallDocument(Document):
    """documents/roll_call.html (``number`` is the branch's name)"""

    template: ClassVar[str] = "documents/roll_call.html"

    people: tuple[Person, ...]
    """In printed order."""
    made_at: datetime
    """Instant of the list in the branch's zone."""


@dataclass(frozen=True, kw_only=True)
class EvidenceDocument(Document):
    """documents/evidence.html (``issued_on`` is the day of receipt)"""

    template: ClassVar[str] = "documents/evidence.html"

    facts: Evidence
    """What happened."""
    picture: bytes | None = field(default=None, repr=False)
    """JPEG of the document; None where a PDF was kept."""


def context_of(document: Document | Mapping[str, Any]) -> dict[str, Any]:
    """The template's variables of a document object or of a plain mapping."""
    return document.as_context() if isinstance(document, Document) else dict(document)
