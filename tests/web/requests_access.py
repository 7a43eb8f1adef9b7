"""Who may open what of clients' requests and kept cards: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.billing.models import Invoice
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.payments.models import SavedCard
from fastoffice.receivables import service
from fastoffice.receivables.models import ClientRequest
from fastoffice.receivables.service import Asked, KeptFile
from tests.factories.documents_of_polanco import PDF, an_issued
from tests.factories.online import an_account
from tests.factories.people import Cast

TABLE: dict[str, str] = {
    **dict.fromkeys((
        "portal.requests", "portal.request_file", "portal.withdraw_request", "portal.new_dispute", "portal.send_dispute",
        "portal.new_instalments", "portal.send_instalments", "portal.new_transfer", "portal.send_transfer",
    ), "portal:requests"),
    **dict.fromkeys(("portal.cards", "portal.remove_card", "portal.order_autopay", "portal.stop_autopay"), "portal:pay"),
    **dict.fromkeys(("portal.data", "portal.send_data"), "portal:data"),
    **dict.fromkeys(("requests.index", "requests.show", "requests.file"), "requests.view"),
    **dict.fromkeys(("requests.accept", "requests.reject", "requests.move_hold"), "requests.decide"),
}


def _issued(cast: Cast) -> Invoice:
    query = sa.select(Invoice).where(Invoice.branch_id == cast.polanco.id, Invoice.number.is_not(None))
    return db.session.scalars(query.order_by(Invoice.id)).first() or an_issued(cast.polanco)


def a_request(cast: Cast) -> ClientRequest:
    """A question about Polanco's issued document, with a file; asked once."""
    found = db.session.scalar(sa.select(ClientRequest).where(ClientRequest.branch_id == cast.polanco.id))
    if found is not None:
        return found
    invoice, key = _issued(cast), cast.polanco.id
    stored = files().put(PDF, "application/pdf")
    asked = Asked(invoice.client_id, "access", "¿Por qué?", [KeptFile(stored.sha256, "a.pdf", "application/pdf", 9)])
    invoice_id = invoice.id

    def unit() -> int:
        branch = db.session.get_one(Branch, key)
        return service.dispute(branch, asked, invoice_id, Actor("Laura"), clock.now()).id

    return db.session.get_one(ClientRequest, transaction.run(unit))


def a_card(cast: Cast) -> int:
    """A card that Polanco's client lets us keep."""
    invoice, account = _issued(cast), an_account(cast.polanco)
    branch_id, client_id, account_id = invoice.branch_id, invoice.client_id, account.id

    def unit() -> int:
        card = SavedCard(branch_id=branch_id, client_id=client_id, account_id=account_id, customer_id="cus_1",
                         method_id="pm_1", label="Visa ·· 4242", exp_year=2099, exp_month=12, consent_at=clock.now(),
                         consent_by="Laura")
        db.session.add(card)
        db.session.flush()
        return card.id

    return transaction.run(unit)


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "card_id": a_card,
    "request_id": lambda cast: a_request(cast).id,
    "file_id": lambda cast: a_request(cast).files[0].id,
    **{f"portal.{name}:invoice_id": lambda cast: _issued(cast).id
       for name in ("new_dispute", "send_dispute", "new_instalments", "send_instalments")},
}
