"""The kinds of message that staff may word, and the fixed words each may use. The one table of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

LANGUAGES = ("es", "en", "ro")
EMAIL, POST, WHATSAPP = CHANNELS = ("email", "post", "whatsapp")
WORDED_CHANNELS = (EMAIL, WHATSAPP)

# placeholder -> (what it says, sample per language or one for all)
PLACEHOLDERS: dict[str, tuple[Any, dict[str, str] | str]] = {
    "client_name": (_l("Client's legal or trade name"), "Logística Güemes López, S.C."),
    "contact_name": (_l("Contact person; the client's name where none is known"), "Laura Güemes"),
    "invoice_number": (_l("Number of the invoice"), "PLC-000412"),
    "old_number": (_l("Number of the cancelled invoice"), "PLC-000350"),
    "period": (_l("Billed month"), {"es": "diciembre 2026", "en": "December 2026", "ro": "decembrie 2026"}),
    "total": (_l("Total of the invoice"), "$10,324.00"),
    "old_total": (_l("Total of the cancelled invoice"), "$10,324.00"),
    "balance": (_l("What is left to pay"), "$10,324.00"),
    "list_total": (_l("Total at list price, after the deadline"), "$12,354.00"),
    "due_date": (_l("Last day to pay"),
                 {"es": "5 de diciembre de 2026", "en": "December 5, 2026", "ro": "5 decembrie 2026"}),
    "due_time": (_l("Hour of that day"), "23:59"),
    "pay_link": (_l("Link to see and pay the invoice"), "https://fastoffice.example/pay/muestra"),
    "clabe": (_l("CLABE of the branch's account"), "0121 8000 1234 5678 95"),
    "bank": (_l("Bank"), "BBVA México"),
    "reference": (_l("Payment reference"), "4100 0412 7"),
    "beneficiary": (_l("Account holder"), "Oficinas Polanco, S.A. de C.V."),
    "branch_name": (_l("Name of the branch"), "Fast Office Polanco"),
    "branch_phone": (_l("Telephone of the branch"), "55 5280 0000"),
    "reason": (_l("Reason given"),
               {"es": "Error en los datos fiscales", "en": "Wrong tax data", "ro": "Date fiscale greșite"}),
    "payment_amount": (_l("Amount received"), "$10,324.00"),
    "payment_date": (_l("Value date of the payment"),
                     {"es": "4 de diciembre de 2026", "en": "December 4, 2026", "ro": "4 decembrie 2026"}),
    "payment_method": (_l("Means of payment"),
                       {"es": "Transferencia", "en": "Bank transfer", "ro": "Transfer bancar"}),
    "receipt_number": (_l("Number of the receipt"), "RPLC-000087"),
    "credit_left": (_l("Credit that stays with the client"), ""),
    "refund_amount": (_l("Amount given back"), "$10,324.00"),
    "refund_date": (_l("Day on which it was given back"),
                    {"es": "8 de diciembre de 2026", "en": "December 8, 2026", "ro": "8 decembrie 2026"}),
    "refund_way": (_l("How it goes back"),
                   {"es": "a la tarjeta Visa ·· 4242; el banco la muestra en 5 a 10 días",
                    "en": "to the card Visa ·· 4242; the bank shows it in 5 to 10 days",
                    "ro": "pe cardul Visa ·· 4242; banca o arată în 5-10 zile"}),
    "request_kind": (_l("What the client asked"),
                     {"es": "Aclaración de una factura", "en": "Question about an invoice",
                      "ro": "Întrebare despre o factură"}),
    "request_state": (_l("What came of it"), {"es": "aceptada", "en": "accepted", "ro": "acceptată"}),
    "answer": (_l("Our answer"),
               {"es": "Tiene razón: corregimos la factura.", "en": "You are right: we corrected the invoice.",
                "ro": "Aveți dreptate: am corectat factura."}),
    "card": (_l("The card"), "Visa ·· 4242"),
    "card_ends": (_l("Last month of the card"), "12/2026"),
    "account_email": (_l("E-mail address that signs in"), "mariana@fastoffice.example"),
    "account_link": (_l("Link to set a password"), "https://fastoffice.example/account/reset/muestra"),
    "visitor_name": (_l("Name that the visitor wrote"), "Ana Pérez Núñez"),
    "visitor_company": (_l("Company of the visitor"), "Consultores del Valle"),
    "visit_kind": (_l("What brings the visitor"), {"es": "Visita", "en": "Visit", "ro": "Vizită"}),
    "arrival_time": (_l("Hour of arrival"), "10:04"),
    "answer_link": (_l("Link to answer"), "https://fastoffice.example/visits/answer/muestra"),
    "visit_day": (_l("Day of the visit"),
                  {"es": "8 de diciembre de 2026", "en": "December 8, 2026", "ro": "8 decembrie 2026"}),
    "visit_hour": (_l("Hour of the visit"), "16:00"),
    "visit_code": (_l("Code to sign in at the tablet"), "K7QX-2MPB"),
    "visit_link": (_l("Page with the QR of the invitation"), "https://fastoffice.example/visits/invitation/muestra"),
    "visit_purpose": (_l("What the visit is about"), ""),
    "branch_address": (_l("Address of the branch"), "Av. Presidente Masaryk 111, Ciudad de México"),
    "authority": (_l("Authority that came"), "Servicio de Administración Tributaria"),
    "document_number": (_l("Number of the authority's document"), "500-05-2026-1234"),
    "received_at": (_l("When it was received"),
                    {"es": "8 dic 2026, 10:04", "en": "Dec 8, 2026, 10:04", "ro": "8 dec. 2026, 10:04"}),
    "notice_link": (_l("Link to the legal notice"), "https://fastoffice.example/visits/notice/muestra"),
    "mail_items": (_l("What arrived, counted"),
                   {"es": "2 paquetes, 1 carta", "en": "2 parcels, 1 letter", "ro": "2 colete, 1 scrisoare"}),
    "mail_details": (_l("What arrived, one by one"),
                     {"es": "Paquete DHL 1234567890 de Amazon; Carta de BBVA",
                      "en": "Parcel DHL 1234567890 from Amazon; Letter from BBVA",
                      "ro": "Colet DHL 1234567890 de la Amazon; Scrisoare de la BBVA"}),
    "mail_link": (_l("Link to the mail in the portal"), "https://fastoffice.example/portal/mail"),
    "taken_by": (_l("Who took the mail"), "Juan Pérez Ortiz"),
    "authorised_by": (_l("Who of the client allowed it"), "Laura Güemes"),
    "taken_at": (_l("When it was taken"),
                 {"es": "8 dic 2026, 10:04", "en": "Dec 8, 2026, 10:04", "ro": "8 dec. 2026, 10:04"}),
    "caller": (_l("Who called"), "Ana Pérez Núñez"),
    "caller_phone": (_l("Telephone of the caller"), "55 1234 5678"),
    "call_time": (_l("When the call came"),
                  {"es": "8 dic 2026, 10:04", "en": "Dec 8, 2026, 10:04", "ro": "8 dec. 2026, 10:04"}),
    "call_message": (_l("Message of the caller"),
                     {"es": "Pide que le llamen hoy.", "en": "Asks to be called back today.",
                      "ro": "Roagă să fie sunată azi."}),
    "room_name": (_l("Room"), "Sala Juárez"),
    "booking_time": (_l("Day and hours of the booking"),
                     {"es": "jueves 3 de diciembre, 16:00–18:00", "en": "Thursday, December 3, 16:00–18:00",
                      "ro": "joi 3 decembrie, 16:00–18:00"}),
    "booking_title": (_l("Title of the booking"), {"es": "Comité", "en": "Committee", "ro": "Comitet"}),
    "offer_until": (_l("Until when it is held"), "10:30"),
    "booking_link": (_l("The guest's own page of the booking"), "https://fastoffice.example/booking/muestra"),
    "portal_link": (_l("Link to come into the portal"), "https://fastoffice.example/portal/enter/muestra"),
}

_COMMON = ("client_name", "contact_name", "branch_name", "branch_phone")
_TO_PAY = ("balance", "due_date", "due_time", "pay_link", "clabe", "bank", "reference", "beneficiary")
_CAME = ("visitor_name", "visitor_company", "visit_kind", "arrival_time", "answer_link")
_INVITED = ("client_name", "contact_name", "visit_day", "visit_hour", "visit_purpose", "branch_name", "branch_address",
            "branch_phone")
_NOTICE = ("client_name", "contact_name", "authority", "document_number", "received_at", "branch_name", "branch_phone")
_MAIL = (*_COMMON, "mail_items", "mail_details", "mail_link")
_BOOKED = (*_COMMON, "room_name", "booking_time", "booking_title")
_GUEST = (*_COMMON, "branch_address", "room_name", "booking_time", "total", "booking_link")
_PORTAL = ("contact_name", "branch_name", "branch_phone", "account_email", "portal_link")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: its name on screens and the placeholders it may use.

    `private`: holds a secret of its reader, so that nobody else is shown one that was sent. `worded`: staff may put
    it into their own words, for each of `channels`.
    """

    label: Any
    placeholders: tuple[str, ...]
    private: bool = False
    worded: bool = True
    channels: tuple[str, ...] = WORDED_CHANNELS


KINDS: dict[str, Kind] = {
    "invoice_issued": Kind(
        _l("Invoice issued"), (*_COMMON, "invoice_number", "period", "total", "list_total", *_TO_PAY)),
    "invoice_reminder": Kind(
        _l("Reminder before the deadline"), (*_COMMON, "invoice_number", "period", "total", "list_total", *_TO_PAY)),
    "pay_link": Kind(
        _l("Pay link"), (*_COMMON, "invoice_number", "period", "total", "list_total", *_TO_PAY)),
    "invoice_replaced": Kind(
        _l("Replaced at list price"),
        (*_COMMON, "invoice_number", "old_number", "period", "total", "old_total", "list_total", "reason", *_TO_PAY)),
    "invoice_restored": Kind(
        _l("Prompt price restored, with an apology"),
        (*_COMMON, "invoice_number", "old_number", "period", "total", "old_total", "payment_amount", "payment_date",
         "reason", *_TO_PAY)),
    "invoice_cancelled": Kind(
        _l("Invoice cancelled"), (*_COMMON, "invoice_number", "old_number", "period", "total", "old_total", "reason")),
    "payment_receipt": Kind(
        _l("Receipt and thank-you"),
        (*_COMMON, "receipt_number", "payment_amount", "payment_date", "payment_method", "invoice_number",
         "credit_left", "balance", "pay_link")),
    "payment_reversed": Kind(
        _l("Payment reversed or bounced"),
        (*_COMMON, "payment_amount", "payment_date", "payment_method", "receipt_number", "invoice_number", "reason",
         "balance", "pay_link")),
    "payment_refunded": Kind(
        _l("Money given back"),
        (*_COMMON, "refund_amount", "refund_date", "refund_way", "reason", "invoice_number", "balance", "pay_link")),
    "refund_failed": Kind(
        _l("A refund that did not arrive"),
        (*_COMMON, "refund_amount", "refund_date", "refund_way", "invoice_number", "balance", "pay_link")),
    "request_answered": Kind(
        _l("Answer to a client's request"), (*_COMMON, "request_kind", "request_state", "answer", "invoice_number")),
    "card_declined": Kind(
        _l("Card declined in automatic payment"),
        (*_COMMON, "card", "invoice_number", "balance", "due_date", "pay_link")),
    "card_expiring": Kind(_l("Card about to expire"), (*_COMMON, "card", "card_ends")),
    "visitor_arrived": Kind(_l("A visitor is here"), (*_COMMON, *_CAME)),
    "visitor_waiting": Kind(_l("A visitor waits and nobody answered"), (*_COMMON, *_CAME)),
    "visit_invitation": Kind(_l("Invitation of a visitor"), (*_INVITED, "visit_code", "visit_link")),
    "visit_cancelled": Kind(_l("Invitation of a visitor cancelled"), _INVITED),
    "legal_notice": Kind(_l("Legal notice received"), (*_NOTICE, "notice_link"), private=True, channels=(EMAIL,)),
    "legal_alert": Kind(_l("Alert of a legal notice"), (*_NOTICE, "notice_link"), channels=(WHATSAPP,)),
    "mail_arrived": Kind(_l("Mail arrived"), _MAIL),
    "mail_reminder": Kind(_l("Reminder of mail to collect"), _MAIL),
    "mail_taken": Kind(_l("Mail taken by somebody not named"), (*_MAIL, "taken_by", "authorised_by", "taken_at")),
    "mail_request": Kind(_l("Answer about a piece of mail"), (*_MAIL, "request_kind", "request_state", "answer")),
    "call_message": Kind(_l("Message of a call"), (*_COMMON, "caller", "caller_phone", "call_time", "call_message")),
    "room_booked": Kind(_l("Room booked"), _BOOKED, channels=(EMAIL,)),
    "room_changed": Kind(_l("Booking of a room changed"), _BOOKED, channels=(EMAIL,)),
    "room_cancelled": Kind(_l("Booking of a room cancelled"), _BOOKED, channels=(EMAIL,)),
    "room_offered": Kind(_l("A room that was waited for is free"), (*_BOOKED, "offer_until"), channels=(EMAIL,)),
    "guest_booked": Kind(_l("Room of a guest booked and paid"), _GUEST, private=True, channels=(EMAIL,)),
    "guest_pending": Kind(_l("Room of a guest paid, to be approved"), _GUEST, private=True, channels=(EMAIL,)),
    "guest_changed": Kind(_l("Booking of a guest changed"), _GUEST, private=True, channels=(EMAIL,)),
    "guest_cancelled": Kind(_l("Booking of a guest cancelled"), (*_GUEST, "refund_amount"), private=True,
                            channels=(EMAIL,)),
    "guest_lost": Kind(_l("Payment of a guest that came too late"), (*_GUEST, "refund_amount"), private=True,
                       channels=(EMAIL,)),
    "account_invitation": Kind(
        _l("Invitation to sign in"), ("contact_name", "branch_name", "branch_phone", "account_email", "account_link"),
        private=True, worded=False),
    "account_recovery": Kind(
        _l("Recovery of an account"), ("contact_name", "branch_name", "branch_phone", "account_email", "account_link"),
        private=True, worded=False),
    "account_changed": Kind(
        _l("Password changed"), ("contact_name", "branch_name", "branch_phone", "account_email"), private=True,
        worded=False),
    "portal_link": Kind(_l("Link to the portal"), _PORTAL, private=True, channels=(EMAIL,)),
    "portal_invitation": Kind(_l("Invitation to the portal"), _PORTAL, private=True, channels=(EMAIL,)),
}
PRIVATE = tuple(name for name, kind in KINDS.items() if kind.private)
SHOWN = {name: kind for name, kind in KINDS.items() if not kind.private}
EDITABLE = {name: kind for name, kind in KINDS.items() if kind.worded}


def allowed(kind: str) -> frozenset[str]:
    """The placeholders a kind may use. Raises KeyError for a kind that nobody words."""
    return frozenset(KINDS[kind].placeholders)


def sample(language: str) -> dict[str, str]:
    """Believable values of every placeholder, for previews and test mails."""
    return {
        name: values if isinstance(values, str) else values[language] for name, (_label, values) in PLACEHOLDERS.items()
    }


def complete(values: dict[str, str]) -> dict[str, str]:
    """All placeholders, empty where nothing is known; a missing contact is addressed by the client's name."""
    whole = {**dict.fromkeys(PLACEHOLDERS, ""), **values}
    whole["contact_name"] = whole["contact_name"].strip() or whole["client_name"]
    return whole
