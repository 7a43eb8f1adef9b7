"""What papers are made of: parties, lines, totals, ways to pay. The rules for fields stand in the package."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

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
class Movement:
    """One line of a statement of account."""

    day: date
    """When it was booked."""
    what: str
    """What happened, in words: "Factura", "Pago · Transferencia"."""
    number: str = ""
    """Number of its document or receipt."""
    charge: int = 0
    """What it added to the debt, minor units; 0 prints nothing."""
    payment: int = 0
    """What it took from the debt, minor units; 0 prints nothing."""
    balance: int
    """Owed afterwards, minor units."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on the list of a roll call."""

    name: str
    """As they wrote it."""
    company: str
    """Where they come from; may be empty."""
    host: str
    """Whom they visit."""
    since: str
    """Hour of arrival: "10:04"."""
    unsure: bool = False
    """Closed automatically: nobody saw them leave."""


@dataclass(frozen=True, kw_only=True)
class Alerted:
    """Somebody who was told of a legal notice; instants in the branch's zone."""

    name: str
    """Who it is."""
    channel: str
    """email, whatsapp or portal."""
    address: str
    """Address, telephone or account; empty where it is not known."""
    alerted_at: datetime
    """When it was owed, or found in the portal."""
    sent_at: datetime | None
    """When it left; None while it waits, and for the portal."""
    read_at: datetime | None
    """When they said that they read it."""
    read_by: str
    """The name that they typed."""
    read_from: str
    """Network address it was said from."""
    read_text: str
    """What they confirmed, as they read it."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a legal notice; instants in the branch's zone."""

    client: str
    """Legal name of whom it is for."""
    authority: str
    """Who sent the official."""
    official_name: str
    """Name of the official."""
    official_id: str
    """Number of their identification."""
    document_number: str
    """Number of the document."""
    subject: str
    """What it is about."""
    notes: str
    """What reception added."""
    received_at: datetime
    """When reception took it."""
    received_by: str
    """Who took it."""
    read_at: datetime | None
    """When the client said that they read it; None while they have not."""
    read_by: str
    """Who said so."""
    read_from: str
    """Network address it was said from."""
    sha256: str
    """Fingerprint of the stored document."""
    alerted: tuple[Alerted, ...] = ()
    """Who was told, and who of them read it."""
