"""A client asks: for a correction, for time, for a second look; or says that the money is on its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit, clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.allocation import oldest_first
from fastoffice.billing.service import closing, holds, settling
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import policy_of
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.payments import queries as payments
from fastoffice.payments import rules as payment_rules
from fastoffice.payments.rules import PaymentSpec
from fastoffice.receivables import changes, errors, rules
from fastoffice.receivables.models import ClientRequest
from fastoffice.receivables.service.files import KeptFile, attach


@dataclass(frozen=True, slots=True)
class Asked:
    """What every form of the portal says. `key` names the form: sent twice, it is one request."""

    client_id: int
    key: str
    message: str = ""
    files: Sequence[KeptFile] = ()


def dispute(branch: Branch, asked: Asked, invoice_id: int, actor: audit.Actor, now: datetime) -> ClientRequest:
    """"Tengo una aclaración": the document waits ten days, or until somebody answers.

    Raises MessageMissing, NotTheirs, NothingOpen, AskedAlready, TooManyOpen.
    """
    message = rules.message_of(asked.message, required=True)

    def make() -> ClientRequest:
        invoice = _open_document(branch, asked.client_id, invoice_id, actor, now)
        _refuse_second(rules.DISPUTE, invoice.id)
        return _add(branch, asked, rules.DISPUTE, actor, now, invoice=invoice, message=message)

    request, is_new = _once(branch, asked, rules.DISPUTE, make)
    if is_new:
        today = clock.local_date(now, branch.timezone)
        last = today + timedelta(days=rules.DISPUTE_DAYS)
        _hold(branch, request, [request.invoice_id or 0], last, actor, now)
    return request


def ask_for_instalments(branch: Branch, asked: Asked, invoice_id: int, parts: Sequence[rules.Part],
                        actor: audit.Actor, now: datetime) -> ClientRequest:
    """Propose to pay a document in parts; nothing waits until a manager says yes.

    Raises what `dispute` raises (the message may be empty) and what rules.check_parts raises.
    """
    message = rules.message_of(asked.message, required=False)

    def make() -> ClientRequest:
        invoice = _open_document(branch, asked.client_id, invoice_id, actor, now)
        rules.check_parts(parts, invoice.balance, invoice.currency, clock.local_date(now, branch.timezone))
        _refuse_second(rules.INSTALMENTS, invoice.id)
        data = {"parts": [{"on": part.on.isoformat(), "amount": part.amount} for part in parts]}
        return _add(branch, asked, rules.INSTALMENTS, actor, now, invoice=invoice, message=message, data=data)

    return _once(branch, asked, rules.INSTALMENTS, make)[0]


def tell_transfer(branch: Branch, asked: Asked, invoice_id: int | None, amount: int, value_date: date,
                  reference: str, actor: audit.Actor, now: datetime) -> ClientRequest:
    """"Ya transferí": what it would pay waits until the end of the next business day, for reception to look.

    Raises NotTheirs, TooManyOpen and the named refusals of an amount or a day (payments.errors).
    """
    message = rules.message_of(asked.message, required=False)

    def make() -> ClientRequest:
        invoice = _open_document(branch, asked.client_id, invoice_id, actor, now) if invoice_id else None
        currency = invoice.currency if invoice else branch.currency
        spec = payment_rules.cleaned(PaymentSpec(asked.client_id, "transfer", amount, value_date, currency,
                                                 reference=reference))
        payment_rules.check(spec, clock.local_date(now, branch.timezone))
        data = {"amount": amount, "value_date": value_date.isoformat(), "reference": spec.reference}
        return _add(branch, asked, rules.TRANSFER, actor, now, invoice=invoice, message=message, data=data,
                    currency=currency)

    request, is_new = _once(branch, asked, rules.TRANSFER, make)
    if is_new:
        policy = policy_of(branch)
        last = rules.next_business_day(clock.local_date(now, branch.timezone), policy.is_business_day)
        _hold(branch, request, _would_pay(request, amount), last, actor, now)
    return request


def correct_data(branch: Branch, asked: Asked, wanted: changes.Wanted, actor: audit.Actor,
                 now: datetime) -> ClientRequest:
    """Say what in the client's file should read otherwise; staff approve it field by field.

    Raises WrongData (by field), NothingChanged, TooManyOpen.
    """
    message = rules.message_of(asked.message, required=False)

    def make() -> ClientRequest:
        client = db.session.get_one(Client, asked.client_id)
        found = changes.between(client, wanted, branch.country)
        return _add(branch, asked, rules.DATA, actor, now, message=message, data={"changes": found})

    return _once(branch, asked, rules.DATA, make)[0]


def _once(branch: Branch, asked: Asked, kind: str, make: Callable[[], ClientRequest]) -> tuple[ClientRequest, bool]:
    """(the request, whether it is new): the same form sent again is the request that it made before."""
    clients.lock([asked.client_id])
    known = db.session.scalar(sa.select(ClientRequest).where(
        ClientRequest.branch_id == branch.id, ClientRequest.request_key == asked.key))
    if known is not None:
        if (known.client_id, known.kind) != (asked.client_id, kind):
            raise errors.NoSuchRequest
        return known, False
    under_way = db.session.scalar(sa.select(sa.func.count(ClientRequest.id)).where(
        ClientRequest.client_id == asked.client_id, ClientRequest.state == rules.NEW))
    if (under_way or 0) >= rules.MOST_OPEN:
        raise errors.TooManyOpen(rules.MOST_OPEN)
    return make(), True


def _open_document(branch: Branch, client_id: int, invoice_id: int, actor: audit.Actor, now: datetime) -> Invoice:
    """The client's document as it lives now: one whose deadline has acted in law is replaced first."""
    invoice = db.session.get(Invoice, invoice_id)
    if invoice is None or (invoice.branch_id, invoice.client_id) != (branch.id, client_id) or invoice.number is None:
        raise errors.NotTheirs
    closing.close_chunk(branch, now, actor, client_ids=[client_id], limit=1000)
    living = db.session.get_one(Invoice, settling.successors([invoice_id])[invoice_id])
    db.session.refresh(living)
    if not living.is_open:
        raise errors.NothingOpen
    return living


def _refuse_second(kind: str, invoice_id: int) -> None:
    """One question about a document at a time."""
    query = sa.select(ClientRequest.id).where(
        ClientRequest.invoice_id == invoice_id, ClientRequest.kind == kind, ClientRequest.state == rules.NEW)
    if db.session.scalar(query.limit(1)) is not None:
        raise errors.AskedAlready


def _add(branch: Branch, asked: Asked, kind: str, actor: audit.Actor, now: datetime, *,
         invoice: Invoice | None = None, message: str = "", data: dict[str, Any] | None = None,
         currency: str = "") -> ClientRequest:
    request = ClientRequest(
        branch_id=branch.id, client_id=asked.client_id, invoice_id=invoice.id if invoice else None, kind=kind,
        state=rules.NEW, currency=currency or (invoice.currency if invoice else branch.currency), data=data or {},
        message=message, created_at=now, created_by=actor.name[:120], request_key=asked.key[:64])
    db.session.add(request)
    attach(request, asked.files)
    db.session.flush()
    audit.record(actor, f"request.{kind}", ("request", request.id),
                 {"client": asked.client_id, "invoice": request.invoice_id,
                  **({"amount": request.data["amount"]} if kind == rules.TRANSFER else {})}, branch_id=branch.id)
    return request


def _would_pay(request: ClientRequest, amount: int) -> list[int]:
    """The documents that such a transfer would pay: the one it names, else the oldest first."""
    if request.invoice_id is not None:
        return [request.invoice_id]
    rows = payments.payable([request.client_id]).get(request.client_id, [])
    owed = [(row.id, row.balance) for row in rows if row.currency == request.currency]
    return [key for key, _part in oldest_first(amount, owed)]


def _hold(branch: Branch, request: ClientRequest, invoice_ids: Sequence[int], last: date, actor: audit.Actor,
          now: datetime) -> None:
    """Keep the deadline from these documents until the end of `last`; not again for what was refused lately."""
    refused = set(db.session.scalars(sa.select(ClientRequest.invoice_id).where(
        ClientRequest.client_id == request.client_id, ClientRequest.kind == request.kind,
        ClientRequest.state.in_((rules.REJECTED, rules.WITHDRAWN)), ClientRequest.created_at > now - rules.REMEMBERED)))
    until = clock.end_of_day(last, branch.timezone)
    for invoice_id in invoice_ids:
        if invoice_id not in refused and None not in refused:
            holds.place_hold(branch, invoice_id, rules.HOLDS[request.kind], _reason(branch, request), actor, now,
                             until_at=until, source=request.source)


def _reason(branch: Branch, request: ClientRequest) -> str:
    with force_locale(branch.language):
        said = clean_text(request.message)[:200]
        words = _("The client has a question") if request.kind == rules.DISPUTE else _(
            "The client says that a transfer is on its way")
        return f"{words}: {said}" if said else words
