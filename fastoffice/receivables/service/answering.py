"""Somebody of the branch answers: each answer acts, is written down, and is told to the client."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit, clock, money
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import closing, holds, settling
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.clients.service import edit_client
from fastoffice.extensions import db
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import Outcome, record_payment
from fastoffice.receivables import changes, errors, rules
from fastoffice.receivables.models import ClientRequest
from fastoffice.receivables.service import loading, telling


@dataclass(frozen=True, slots=True)
class Arrived:
    """The transfer as the bank shows it; `amount` in minor units."""

    amount: int
    value_date: date
    reference: str = ""


def accept_dispute(branch: Branch, request: ClientRequest, answer: str, last_day: date | None, actor: audit.Actor,
                   now: datetime) -> None:
    """Say that the client is right. The document waits until the end of `last_day`, or no longer.

    Raises AnswerMissing, AnsweredAlready.
    """
    _say(branch, request, True, answer, last_day, actor, now)


def accept_instalments(branch: Branch, request: ClientRequest, answer: str, actor: audit.Actor,
                       now: datetime) -> None:
    """A manager agrees: the document waits until the end of the last payment's day.

    Raises NothingOpen, BalanceChanged, AnsweredAlready.
    """
    said = _answer_of(answer, required=False)
    loading.lock_new(request)
    invoice = _as_it_lives(branch, request, actor, now)
    parts = request.data["parts"]
    if sum(part["amount"] for part in parts) != invoice.balance:
        raise errors.BalanceChanged(money.display(invoice.balance, invoice.currency))
    last = date.fromisoformat(parts[-1]["on"])
    with force_locale(branch.language):
        reason = _("Payment in %(count)s parts, agreed", count=len(parts))
    holds.place_hold(branch, invoice.id, rules.HOLDS[rules.INSTALMENTS], reason, actor, now,
                     until_at=clock.end_of_day(last, branch.timezone), source=request.source)
    _decide(branch, request, True, said, actor, now)


def _as_it_lives(branch: Branch, request: ClientRequest, actor: audit.Actor, now: datetime) -> Invoice:
    """The document once the deadline did what was due. Raises NothingOpen."""
    closing.close_chunk(branch, now, actor, client_ids=[request.client_id], limit=1000)
    key = request.invoice_id or 0
    invoice = db.session.get_one(Invoice, settling.successors([key])[key])
    db.session.refresh(invoice)
    if not invoice.is_open:
        raise errors.NothingOpen
    return invoice


def confirm_transfer(branch: Branch, request: ClientRequest, arrived: Arrived, answer: str, actor: audit.Actor,
                     now: datetime) -> Outcome:
    """The money is in the bank: record it with its value date. Raises what recording a payment raises."""
    said = _answer_of(answer, required=False)
    loading.lock_new(request)
    wishes = ((request.invoice_id, None),) if request.invoice_id else None
    spec = PaymentSpec(
        request.client_id, "transfer", arrived.amount, arrived.value_date, request.currency,
        reference=arrived.reference, request_key=request.source, wishes=wishes)
    outcome = record_payment(branch, spec, actor, now)
    request.payment_id = outcome.payment_id
    holds.release_by_source(branch.id, request.source, actor, now)
    _decide(branch, request, True, said, actor, now)
    return outcome


def accept_data(branch: Branch, request: ClientRequest, accepted: Collection[str], answer: str, actor: audit.Actor,
                now: datetime) -> None:
    """Write the accepted corrections into the client's file; with none of them it is a no.

    Raises AnswerMissing (nothing accepted and nothing said), ClientChanged, InvalidClient, DuplicateTaxId.
    """
    loading.lock_new(request)
    known = [change["key"] for change in request.data["changes"] if change["key"] in accepted]
    said = _answer_of(answer, required=not known)
    if known:
        client = db.session.get_one(Client, request.client_id)
        db.session.refresh(client)
        edit_client(actor, branch, client, changes.applied(client, request.data["changes"], known), client.version)
    request.data = {**request.data, "accepted": known}
    _decide(branch, request, bool(known), said, actor, now)


def reject(branch: Branch, request: ClientRequest, answer: str, last_day: date | None, actor: audit.Actor,
           now: datetime) -> None:
    """Say no and why. What waited goes on waiting until the end of `last_day`, or no longer.

    Raises AnswerMissing, AnsweredAlready.
    """
    _say(branch, request, False, answer, last_day, actor, now)


def _say(branch: Branch, request: ClientRequest, accepted: bool, answer: str, last_day: date | None,
         actor: audit.Actor, now: datetime) -> None:
    said = _answer_of(answer, required=True)
    loading.lock_new(request)
    holds.move_ends(branch.id, request.source, clock.end_of_day(last_day, branch.timezone) if last_day else now,
                    actor, now)
    _decide(branch, request, accepted, said, actor, now)


def move_hold(branch: Branch, request: ClientRequest, last_day: date, actor: audit.Actor, now: datetime) -> int:
    """Let what waits for the answer wait until the end of another day; how many documents do."""
    loading.lock_new(request)
    return holds.move_ends(branch.id, request.source, clock.end_of_day(last_day, branch.timezone), actor, now)


def _answer_of(text: str, *, required: bool) -> str:
    said = rules.message_of(text, required=False)[:rules.ANSWER_LENGTH]
    if required and not said:
        raise errors.AnswerMissing
    return said


def _decide(branch: Branch, request: ClientRequest, accepted: bool, answer: str, actor: audit.Actor,
            now: datetime) -> None:
    data: dict[str, Any] = {"kind": request.kind, "client": request.client_id, "invoice": request.invoice_id}
    request.state = rules.ACCEPTED if accepted else rules.REJECTED
    request.answer, request.decided_at, request.decided_by = answer, now, actor.name[:120]
    audit.record(actor, f"request.{request.state}", ("request", request.id), {**data, "answer": answer},
                 branch_id=branch.id)
    db.session.flush()
    telling.owe(branch, request)
