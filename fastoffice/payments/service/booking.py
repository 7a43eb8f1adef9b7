"""Payments that count: booked as credit, let loose on the documents, proven by a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastoffice import audit, bulk, clock
from fastoffice.billing.service import credits, ledger, settling
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.models import Payment
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import receipts


def count(branch: Branch, items: Sequence[tuple[int, PaymentSpec]], actor: audit.Actor, now: datetime) -> None:
    """Make payments (id, spec) money: credit, settlement, receipt with its file and thank-you.

    Callers hold the clients' locks. Raises NoReceiptSeries.
    """
    if not items:
        return
    if branches.active_series(branch.id, "receipt") is None:
        raise errors.NoReceiptSeries
    credit_ids = credits.receive(
        [credits.Received(spec.client_id, f"payment:{key}", ledger.MONEY[spec.method], spec.currency,
                          spec.value_date, spec.amount) for key, spec in items],
        branch_id=branch.id, day=clock.local_date(now, branch.timezone), at=now)
    counted = list(zip(items, credit_ids, strict=True))
    _mark(counted)
    settling.settle(branch, [
        settling.Money(credit_id, spec.client_id, spec.amount, spec.value_date, spec.currency, spec.wishes)
        for (_key, spec), credit_id in counted], actor, now)
    numbers = receipts.issue(branch, [(key, spec, credit_id) for (key, spec), credit_id in counted], actor, now)
    for key, spec in items:
        audit.record(actor, "payment.recorded", ("payment", key), {
            "amount": spec.amount, "currency": spec.currency, "method": spec.method,
            "value_date": spec.value_date.isoformat(), "receipt": numbers[key]}, branch_id=branch.id)


def _mark(counted: Sequence[tuple[tuple[int, PaymentSpec], int]]) -> None:
    bulk.update(Payment, [{"id": key, "credit_id": credit_id, "state": "received"}
                          for (key, _spec), credit_id in counted])
    for instance in list(db.session.identity_map.values()):
        if isinstance(instance, Payment):
            db.session.expire(instance)

