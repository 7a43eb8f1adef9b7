"""Believable papers of one branch: what billing would hand to the documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastoffice.documents.contexts import (
    AppliedTo,
    CancellationDocument,
    Client,
    CoverSheetDocument,
    Enclosure,
    InvoiceDocument,
    Issuer,
    Line,
    PaymentInstructions,
    PromptOffer,
    ReceiptDocument,
    Replacement,
    TaxTotal,
)

MEXICO_CITY = ZoneInfo("America/Mexico_City")

POLANCO = Issuer(
    name="Espacios Ejecutivos Polanco, S.A. de C.V.",
    brand="Fast Office Polanco",
    tax_id="EEP150312H47",
    fiscal_regime="601 General de Ley Personas Morales",
    address=("Av. Presidente Masaryk 111, piso 4", "Polanco V Sección, Miguel Hidalgo", "11560 Ciudad de México"),
    phone="55 5280 1234",
    email="facturas@polanco.fastoffice.example",
    website="fastoffice.example",
)
LOGISTICA = Client(
    name="Logística Güemes López, S.C.",
    tax_id="LGL850313D98",
    fiscal_regime="601 General de Ley Personas Morales",
    address=("Av. Chapultepec 480, interior 3", "Roma Norte, Cuauhtémoc"),
    postal_code="06600",
    attention="Óscar Martínez",
)
BANK = PaymentInstructions(
    bank="BBVA México",
    clabe="012180001234567895",
    beneficiary="Espacios Ejecutivos Polanco, S.A. de C.V.",
    reference="PLC0004127",
    means=("Transferencia SPEI", "Efectivo o cheque en recepción", "Tarjeta en terminal"),
    pay_url="https://polanco.fastoffice.example/pay/Zk3vQ8h2mX0pLr7sT1uWyA",
)
SERVICES = (
    ("Oficina privada 2 pers. · Of. 402", "", 1, 890_000),
    ("Sala de juntas: horas adicionales", "12 y 19 de noviembre, 2 h cada una", 4, 35_000),
    ("Estacionamiento, cajón 14", "", 1, 120_000),
    ("Impresiones a color", "Noviembre de 2026", 137, 350),
    ("Línea telefónica con atención personalizada", "", 1, 64_900),
    ("Recepción de mensajería", "Del 10 al 30 de noviembre (21 de 30 días)", 1, 24_500),
)


def invoice_lines(count: int = 6) -> tuple[Line, ...]:
    """``count`` lines at 16 % IVA, the six of a typical month over and over."""
    lines = []
    for position in range(count):
        description, detail, quantity, price = SERVICES[position % len(SERVICES)]
        amount = quantity * price
        lines.append(
            Line(
                description=description,
                detail=detail,
                quantity=quantity,
                unit_price=price,
                amount=amount,
                tax_label="IVA 16 %",
                tax=(amount * 16 + 50) // 100,
            )
        )
    return tuple(lines)


def invoice(lines: int = 6, **changes: Any) -> InvoiceDocument:
    """A prompt-price invoice of December 2026."""
    rows = invoice_lines(lines)
    subtotal, tax = sum(row.amount for row in rows), sum(row.tax for row in rows)
    document = InvoiceDocument(
        issuer=POLANCO,
        client=LOGISTICA,
        number="PLC-000412",
        currency="MXN",
        issued_on=date(2026, 12, 1),
        stage="prompt",
        period=date(2026, 12, 1),
        due_on=date(2026, 12, 5),
        lines=rows,
        subtotal=subtotal,
        taxes=(TaxTotal(label="IVA 16 %", amount=tax),),
        total=subtotal + tax,
        balance=subtotal + tax,
        prompt=PromptOffer(
            deadline=datetime(2026, 12, 5, 23, 59, tzinfo=MEXICO_CITY),
            total=subtotal + tax,
            list_total=subtotal + tax + 203_000,
        ),
        payment=BANK,
        notes=("Gracias por su pago puntual. Dudas o aclaraciones: responda a este correo o llame a recepción.",),
    )
    return replace(document, **changes)


def cancellation(**changes: Any) -> CancellationDocument:
    """The prompt-price invoice of December, cancelled at the deadline with 500 pesos already paid."""
    document = CancellationDocument(
        issuer=POLANCO,
        client=LOGISTICA,
        number="PLC-000412",
        currency="MXN",
        issued_on=date(2026, 12, 1),
        stage="prompt",
        period=date(2026, 12, 1),
        total=1_032_400,
        paid=50_000,
        cancelled_at=datetime(2026, 12, 6, 0, 0, tzinfo=MEXICO_CITY),
        reason="No recibimos el pago completo antes del 5 de diciembre de 2026 a las 23:59.",
        replacement=Replacement(
            number="PLC-000476",
            stage="list",
            total=1_235_400,
            paid=50_000,
            balance=1_185_400,
            due_on=date(2026, 12, 10),
        ),
        next_steps=(
            "Pague la factura PLC-000476 a más tardar el 10 de diciembre de 2026.",
            "Si ya había pagado a tiempo, envíenos su comprobante: respetamos el precio de pago puntual.",
        ),
        payment=replace(BANK, reference="PLC0004766"),
    )
    return replace(document, **changes)


def receipt(**changes: Any) -> ReceiptDocument:
    """12,000 pesos by transfer: one invoice paid, another in part, the rest as credit."""
    document = ReceiptDocument(
        issuer=POLANCO,
        client=LOGISTICA,
        number="R-PLC-000088",
        currency="MXN",
        issued_on=date(2026, 12, 4),
        amount=1_200_000,
        method="Transferencia SPEI",
        value_date=date(2026, 12, 4),
        reference="MBAN01002612040098",
        taken_by="Mariana Ruiz",
        applied_to=(
            AppliedTo(number="PLC-000348", period=date(2026, 11, 1), total=100_000, applied=100_000, balance=0),
            AppliedTo(number="PLC-000412", period=date(2026, 12, 1), total=1_032_400, applied=1_032_400, balance=0),
        ),
        credit_left=67_600,
    )
    return replace(document, **changes)


def cover_sheet(**changes: Any) -> CoverSheetDocument:
    """What goes on top of December's invoice in a window envelope."""
    document = CoverSheetDocument(
        issuer=POLANCO,
        number="PLC-2026-12-017",
        currency="MXN",
        issued_on=date(2026, 12, 1),
        recipient=LOGISTICA,
        enclosures=(
            Enclosure(description="Factura", number="PLC-000412", amount=1_032_400, pages=1),
            Enclosure(description="Aviso de cancelación", number="PLC-000348", pages=1),
        ),
    )
    return replace(document, **changes)
