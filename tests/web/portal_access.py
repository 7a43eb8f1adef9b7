"""Who may open what of the portal: its rows and samples, and the people who come in there.

A row says "portal:any" (every visitor), "portal:" and a word of identity.portal.WHAT, or "client" (contacts by their
account, of whom the staff know nothing). Records in addresses are those
of the client whose contact is asked, so that another client's contact must get 404.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.clients.models import Client, ClientContact
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.payments.models import Payment
from tests.factories.contracts import make_client
from tests.factories.documents_of_polanco import PDF, an_issued, make_file_ready
from tests.factories.money import pay
from tests.factories.people import Cast

ANY, CLIENT = "portal:any", "client"
CONTACT, OTHER, VIEWER = "contact", "contact of another client", "viewing as client"

TABLE: dict[str, str] = {
    **dict.fromkeys(("portal.sign_in", "portal.send_link", "portal.look_at_link", "portal.enter", "portal.sign_out",
                     "pay.enter", "pay.show", "pay.start", "pay.back", "pay.pdf", "webhooks.stripe"), "public"),
    **dict.fromkeys(("portal.show", "portal.back", "portal.choose_client", "portal.my_access"), ANY),
    **dict.fromkeys(("portal.invoice", "portal.invoice_pdf", "portal.history", "portal.receipts", "portal.receipt_pdf",
                     "portal.statement", "portal.statement_pdf", "portal.statement_xlsx"), "portal:invoices"),
    "portal.pay": "portal:pay",
    **dict.fromkeys(("security.wan_register", "security.wan_register_response", "security.wan_delete"), CLIENT),
    **dict.fromkeys(("security.wan_signin", "security.wan_signin_response", "security.wan_verify",
                     "security.wan_verify_response"), "public"),
    "portal.contracts": "portal:contracts",
    **dict.fromkeys(("clients.portal", "clients.give_access", "clients.revoke_access", "clients.begin_portal_view",
                     "clients.end_portal_view"), "portal.manage"),
}


def its_client(cast: Cast) -> Client:
    """The client whose contact comes in: that of Polanco's issued document."""
    return db.session.get_one(Client, _issued(cast).client_id)


def another_client(cast: Cast) -> Client:
    """A client of the same branch whose contact is a stranger to those records."""
    return make_client(cast.polanco, "Otra Empresa, S.A.")


def a_receipt(cast: Cast) -> int:
    """A payment of that client; made once."""
    client = its_client(cast)
    found = db.session.scalar(sa.select(Payment.id).where(Payment.client_id == client.id))
    return int(found or pay(cast.polanco, client, 900_000, clock.now()).id)


def make_receipt_ready(cast: Cast) -> None:
    """Its PDF, as a worker would leave it."""
    key = a_receipt(cast)

    def unit() -> None:
        row = db.session.scalars(sa.select(Document).where(
            Document.subject_type == "payment", Document.subject_id == key)).one()
        stored = files().put(PDF, "application/pdf")
        row.state, row.sha256, row.size, row.ready_at = "ready", stored.sha256, stored.size, clock.now()

    transaction.run(unit)


def a_contact(cast: Cast) -> int:
    """The contact of that client."""
    query = sa.select(ClientContact.id).where(ClientContact.client_id == its_client(cast).id)
    return int(db.session.scalars(query).first() or 0)


def _issued(cast: Cast) -> Invoice:
    """The document that the table begins with, whatever was paid of it since."""
    query = sa.select(Invoice).where(Invoice.branch_id == cast.polanco.id, Invoice.number.is_not(None))
    return db.session.scalars(query.order_by(Invoice.id)).first() or an_issued(cast.polanco)


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "public_id": lambda _cast: "nobodys-account",
    "contact_id": a_contact,
    **{f"clients.{name}:client_id": lambda cast: its_client(cast).id
       for name in ("portal", "give_access", "revoke_access", "begin_portal_view")},
    **{f"portal.{name}:invoice_id": lambda cast: _issued(cast).id for name in ("invoice", "invoice_pdf")},
    "pay.pdf:invoice_id": lambda cast: _issued(cast).id,
    "portal.receipt_pdf:payment_id": a_receipt,
}
FORMS: dict[str, dict[str, Any]] = {"clients.give_access": {"may": ["invoices"]}}
PREPARE: dict[str, Callable[[Cast], object]] = {
    "portal.invoice_pdf": lambda cast: make_file_ready(_issued(cast)),
    "portal.receipt_pdf": make_receipt_ready,
}
# endpoints that exist for a contact only, not for staff that look over the shoulder
CONTACTS_OWN = {"portal.my_access"}
# endpoints of accounts that a client's contact has as well as the staff
ACCOUNTS = {"security.change_password", "security.verify"}
OF_THE_BRANCH = {"portal.room_photo"}  # every client of the branch may see it
# endpoints whose form names a record that an empty form does not name
NAMES_A_RECORD = {"portal.choose_client"}
