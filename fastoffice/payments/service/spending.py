"""What becomes of credit: applied to documents, taken back from one, or refunded."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa

from fastoffice import audit, clock, locale, money
from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.billing.service import credits, giving_back, ledger, settling
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.payments import errors, rules
from fastoffice.payments.models import Refund
from fastoffice.payments.queries import payables
from fastoffice.payments.service import loading, refund_notices
from fastoffice.upsert import insert_unless_there


def apply_credit(branch: Branch, client_id: int, invoice_ids: Sequence[int] | None, actor: audit.Actor,
                 now: datetime, *, credit_id: int | None = None) -> int:
    """Pay chosen invoices (None: the oldest first) with a client's unapplied credit; how much was applied.

    All their credit, oldest first, or only `credit_id`. What arrived in time brings the prompt price back, as
    if it had been applied at once. Raises NoCredit, NotTheirInvoice, NothingToPay.
    """
    clients.lock([client_id])
    spare = [credit for credit in credits.spare_credits([client_id]).get(client_id, [])
             if credit_id is None or credit.id == credit_id]
    if not spare:
        raise errors.NoCredit
    if invoice_ids is not None:
        known = {each.id for each in payables.payable([client_id]).get(client_id, [])}
        if not set(invoice_ids) <= known:
            raise errors.NotTheirInvoice
    wishes = None if invoice_ids is None else tuple((key, None) for key in invoice_ids)
    before = sum(credit.spare for credit in spare)
    settling.settle(branch, [
        settling.Money(credit.id, client_id, credit.spare, credit.value_date, credit.currency, wishes)
        for credit in spare], actor, now)
    applied = before - _spare_of([credit.id for credit in spare])
    if applied <= 0:
        raise errors.NothingToPay
    audit.record(actor, "credit.applied", ("client", client_id), {"amount": applied}, branch_id=branch.id)
    return applied


def _spare_of(credit_ids: Sequence[int]) -> int:
    query = sa.select(sa.func.sum(Credit.amount - Credit.applied - Credit.refunded)).where(Credit.id.in_(credit_ids))
    return int(db.session.scalar(query) or 0)


def take_back(branch: Branch, allocation: Allocation, reason: str, actor: audit.Actor, now: datetime) -> None:
    """Turn what a payment pays of an invoice into credit again; the invoice is open as of now.

    Raises ReasonMissing, AlreadyTakenBack, WrittenOff.
    """
    reason = rules.check_reason(reason)
    loading.hold_credit(allocation.credit)
    parts = dict(giving_back.parts_of([allocation.credit_id]).get(allocation.credit_id, []))
    if allocation.id not in parts:
        raise errors.AlreadyTakenBack
    invoice = db.session.get_one(Invoice, allocation.invoice_id, populate_existing=True)
    if invoice.status == "written_off":
        raise errors.WrittenOff(invoice.number or "")
    giving_back.take_back(allocation.id, parts[allocation.id], reason, branch_id=branch.id,
                          day=clock.local_date(now, branch.timezone), at=now)
    audit.record(actor, "invoice.money_taken_back", ("invoice", allocation.invoice_id),
                 {"allocation": allocation.id, "amount": allocation.amount, "reason": reason}, branch_id=branch.id)
    db.session.expire(allocation)


def reallocate(branch: Branch, allocation: Allocation, invoice_ids: Sequence[int], reason: str, actor: audit.Actor,
               now: datetime) -> int:
    """Take money back from one invoice and pay others with it, in one step; how much these took.

    Raises what `take_back` and `apply_credit` raise.
    """
    take_back(branch, allocation, reason, actor, now)
    credit = db.session.get_one(Credit, allocation.credit_id)
    return apply_credit(branch, credit.client_id, invoice_ids, actor, now, credit_id=credit.id)


@dataclass(frozen=True, slots=True)
class RefundSpec:
    """A refund as somebody types it; amount in minor units, `value_date` in the branch's calendar."""

    amount: int
    method: str
    value_date: date
    reason: str
    reference: str = ""
    request_key: str | None = None


def refund_credit(branch: Branch, credit: Credit, spec: RefundSpec, actor: audit.Actor, now: datetime) -> int:
    """Give back part or all of what is left of a credit; the refund's id. The same key is the same refund.

    Raises UnknownMethod, NothingReceived, CreditTooSmall, DateInFuture, DateBeforePayment, ReasonMissing, SentBefore.
    """
    loading.hold_credit(credit)
    known = _known(branch.id, credit, spec)
    if known is not None:
        return known
    reason = _check_refund(branch, credit, spec, now)
    table = cast(sa.Table, Refund.__table__)
    refund_id = db.session.scalar(insert_unless_there(table).values(
        branch_id=branch.id, client_id=credit.client_id, credit_id=credit.id, amount=spec.amount, method=spec.method,
        value_date=spec.value_date, reference=clean_text(spec.reference), reason=reason, given_by=actor.name,
        recorded_at=now, request_key=clean_text(spec.request_key or "") or secrets.token_hex(16)).returning(table.c.id))
    if refund_id is None:
        raise errors.SentBefore(money.display(spec.amount, credit.currency))
    giving_back.refund(credit, refund_id, ledger.MONEY[spec.method], spec.amount, branch_id=branch.id,
                       day=clock.local_date(now, branch.timezone), at=now)
    audit.record(actor, "credit.refunded", ("client", credit.client_id), {
        "refund": refund_id, "credit": credit.id, "amount": spec.amount, "method": spec.method,
        "value_date": spec.value_date.isoformat(), "reason": reason}, branch_id=branch.id)
    refund_notices.owe(refund_id)
    return int(refund_id)


def _known(branch_id: int, credit: Credit, spec: RefundSpec) -> int | None:
    if spec.request_key is None:
        return None
    row = db.session.execute(sa.select(Refund.id, Refund.credit_id, Refund.amount).where(
        Refund.branch_id == branch_id, Refund.request_key == clean_text(spec.request_key))).one_or_none()
    if row is not None and (row.credit_id, row.amount) != (credit.id, spec.amount):
        raise errors.SentBefore(money.display(row.amount, credit.currency))
    return row.id if row else None


def _check_refund(branch: Branch, credit: Credit, spec: RefundSpec, now: datetime) -> str:
    if spec.method not in rules.METHODS:
        raise errors.UnknownMethod
    if spec.amount <= 0:
        raise errors.NothingReceived
    if spec.amount > credit.spare:
        raise errors.CreditTooSmall(money.display(credit.spare, credit.currency))
    rules.check_value_date(spec.value_date, clock.local_date(now, branch.timezone))
    if spec.value_date < credit.value_date:
        raise errors.DateBeforePayment(locale.date_long(credit.value_date))
    rules.check_text(spec.reference, "reference", rules.REFERENCE_LENGTH)
    return rules.check_reason(spec.reason)
