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

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

Stage = Literal["prompt", "list", "other"]


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who sends the document: the branch's fiscal issuer."""

    name: str
    """Legal name (razón social), as registered."""
    tax_id: str
    """RFC or VAT number, printed as given."""
    address: tuple[str, ...]
    """Postal address, one printed line each (two or three lines look best)."""
    brand: str = ""
    """Name the client knows, beside the logo or in its place: "Fast Office Polanco"."""
    fiscal_regime: str = ""
    """Fiscal regime in words: "601 General de Ley Personas Morales"."""
    phone: str = ""
    """Reception's telephone, as people write it."""
    email: str = ""
    """Where the client writes about this document."""
    website: str = ""
    """Without scheme: "fastoffice.mx"."""
    logo: bytes | None = field(default=None, repr=False)
    """PNG from ``documents.images.clean_image``; None prints a monogram of ``brand``."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who receives the document."""

    name: str
    """Legal name (razón social)."""
    tax_id: str = ""
    """RFC or VAT number."""
    address: tuple[str, ...] = ()
    """Postal address without the postal code's label, one printed line each."""
    fiscal_regime: str = ""
    """Fiscal regime in words or code: "601 General de Ley Personas Morales"."""
    postal_code: str = ""
    """Fiscal postal code (C.P. fiscal), as text so that its zero stays."""
    attention: str = ""
    """Contact person, when the document is addressed to one."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an invoice."""

    description: str
    """What is charged: "Oficina privada 2 pers. · Of. 402"."""
    detail: str = ""
    """Small second line: "Del 10 al 31 de diciembre (22 de 31 días)"."""
    quantity: Decimal | int = 1
    """How many; printed without superfluous zeros."""
    unit_price: int
    """Price of one before tax, minor units."""
    amount: int
    """Line amount before tax, minor units."""
    tax_label: str = ""
    """Tax of the line, short: "16 %", "0 %", "Exento"."""
    tax: int = 0
    """Tax of the line, minor units, as rounded for this line."""


@dataclass(frozen=True, kw_only=True)
class TaxTotal:
    """Sum of the lines that bear one tax."""

    label: str
    """As printed left of the amount: "IVA 16 %", "Retención ISR 1.25 %"."""
    amount: int
    """Minor units, positive also for a withholding (the paper prints the minus)."""


@dataclass(frozen=True, kw_only=True)
class PromptOffer:
    """The window in which the prompt price holds: the highlighted box of the invoice."""

    deadline: datetime
    """Last minute of the window in the branch's zone; its day and hour are printed ("23:59")."""
    total: int
    """Total to pay until then, tax included, minor units."""
    list_total: int
    """Total to pay afterwards, tax included, minor units."""


@dataclass(frozen=True, kw_only=True)
class PaymentInstructions:
    """How to pay this document."""

    reference: str
    """Payment reference with its check digit."""
    bank: str = ""
    """Bank's name."""
    clabe: str = ""
    """18 digits without blanks (or an IBAN); grouped when printed."""
    beneficiary: str = ""
    """Account holder, as the bank knows it."""
    means: tuple[str, ...] = ()
    """Accepted means in words: ("Transferencia SPEI", "Efectivo en recepción")."""
    pay_url: str = ""
    """Absolute https address of the pay page; printed as link and QR."""


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
class Replacement:
    """The document that takes the place of a cancelled one."""

    number: str
    """Its number."""
    stage: Stage
    """Price that it is issued at."""
    total: int
    """Its total, minor units."""
    paid: int = 0
    """Money moved to it from the cancelled document, minor units."""
    balance: int
    """What is left to pay on it, minor units."""
    due_on: date | None = None
    """Its due date."""


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
class AppliedTo:
    """One document that a payment paid."""

    number: str
    """Its number."""
    period: date | None = None
    """Any day of the billed month."""
    total: int
    """Its total, minor units."""
    applied: int
    """How much of this payment went to it, minor units."""
    balance: int
    """What stays open on it afterwards, minor units."""


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
class Enclosure:
    """One line of a cover sheet's list of contents."""

    description: str
    """ "Factura", "Aviso de cancelación". """
    number: str = ""
    """Its number."""
    amount: int | None = None
    """Minor units; None prints nothing."""
    pages: int | None = None
    """Printed pages; None prints nothing."""


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


def context_of(document: Document | Mapping[str, Any]) -> dict[str, Any]:
    """The template's variables of a document object or of a plain mapping."""
    return document.as_context() if isinstance(document, Document) else dict(document)
