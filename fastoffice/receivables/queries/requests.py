"""Requests as screens list and open them: a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.counting import Page, count_of
from fastoffice.extensions import db
from fastoffice.receivables.models import ClientRequest, ClientRequestFile

PAGE = 50
SHOWS = ("new", "answered", "all")
_new = sa.text("client_request.state = 'new'")  # in full, so that its partial index serves


def requests_page(branch_id: int, show: str, number: int = 1) -> Page:
    """A branch's requests with client and document: those that wait, the oldest first; others, the newest first."""
    where: list[Any] = [ClientRequest.branch_id == branch_id]
    if show == "new":
        where.append(_new)
    elif show == "answered":
        where.append(ClientRequest.state.in_(("accepted", "rejected")))
    order = ClientRequest.id if show == "new" else ClientRequest.id.desc()
    query = sa.select(ClientRequest).where(*where).options(
        joinedload(ClientRequest.client), joinedload(ClientRequest.invoice)).order_by(order)
    rows = list(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)))
    return Page(rows, number, count_of(sa.select(ClientRequest.id).where(*where)), PAGE)


def waiting(branch_id: int) -> int:
    """How many requests of a branch wait for an answer."""
    return count_of(unanswered(branch_id))


def unanswered(branch_id: int) -> sa.Select[Any]:
    """Those requests, to be counted with other things."""
    return sa.select(ClientRequest.id).where(ClientRequest.branch_id == branch_id, _new)


def load(branch_id: int, request_id: int) -> ClientRequest | None:
    """A branch's request with client, document and files; None when it is another's."""
    query = sa.select(ClientRequest).where(ClientRequest.id == request_id, ClientRequest.branch_id == branch_id)
    return db.session.scalars(query.options(
        joinedload(ClientRequest.client), joinedload(ClientRequest.invoice),
        selectinload(ClientRequest.files))).one_or_none()


def of_client(client_id: int, number: int = 1, size: int = 20) -> Page:
    """A client's requests with document and files, the newest first: three statements."""
    mine = ClientRequest.client_id == client_id
    query = sa.select(ClientRequest).where(mine).options(
        joinedload(ClientRequest.invoice), selectinload(ClientRequest.files)).order_by(ClientRequest.id.desc())
    rows = list(db.session.scalars(query.limit(size).offset((number - 1) * size)))
    return Page(rows, number, count_of(sa.select(ClientRequest.id).where(mine)), size)


def latest_ids(client_id: int, limit: int = 100) -> list[int]:
    """Ids of the client's latest requests."""
    query = sa.select(ClientRequest.id).where(ClientRequest.client_id == client_id)
    return list(db.session.scalars(query.order_by(ClientRequest.id.desc()).limit(limit)))


def of_invoices(invoice_ids: Sequence[int]) -> list[ClientRequest]:
    """Requests about these documents that still wait for an answer."""
    query = sa.select(ClientRequest).where(ClientRequest.invoice_id.in_(invoice_ids), _new)
    return list(db.session.scalars(query.order_by(ClientRequest.id)))


def file_of(branch_id: int, file_id: int) -> tuple[ClientRequestFile, int] | None:
    """(a file, the client whose request it came with); None when it is another branch's."""
    query = sa.select(ClientRequestFile, ClientRequest.client_id).join(
        ClientRequest, ClientRequest.id == ClientRequestFile.request_id).where(
        ClientRequestFile.id == file_id, ClientRequest.branch_id == branch_id)
    row = db.session.execute(query).one_or_none()
    return (row[0], row[1]) if row is not None else None


def holds_of(request: ClientRequest) -> list[Any]:
    """What waits for the answer: (document's id, its number, until when), by document."""
    query = sa.select(Invoice.id, Invoice.number, InvoiceHold.until_at).join(
        Invoice, Invoice.id == InvoiceHold.invoice_id).where(
        InvoiceHold.branch_id == request.branch_id, InvoiceHold.source == request.source,
        InvoiceHold.released_at.is_(None))
    return list(db.session.execute(query.order_by(Invoice.id)).all())
