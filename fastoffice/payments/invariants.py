"""What must always hold of payments, checked by set-based queries: each answers with the rows that break it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice.billing.models import Credit, InvoiceHold
from fastoffice.branches.models import Series, SeriesCounter
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments.models import CardRefund, Payment, Receipt, Refund
from fastoffice.payments.service import refund_notices
from fastoffice.payments.service.thanking import KIND

SENTENCES = (
    (r"payments: payment (?P<a>\S+) differs from its credit",
     _l("Payment %(a)s is not what the client's credit says.")),
    (r"payments: payment (?P<a>\S+) has no notice", _l("Nobody was thanked for payment %(a)s.")),
    (r"payments: payment (?P<a>\S+) has no receipt", _l("Payment %(a)s has no receipt.")),
    (r"payments: refunds of credit (?P<a>\S+) don't add up", _l("The refunds of credit %(a)s do not add up.")),
    (r"payments: refund (?P<a>\S+) has no notice", _l("Nobody was told of refund %(a)s.")),
    (r"payments: invoice (?P<a>\S+) is held by a payment that is no longer in process",
     _l("Document %(a)s is held by a payment that is no longer in process.")),
)


def verify(branch_id: int) -> list[str]:
    """What is broken among a branch's payments, in words; empty when everything holds."""
    return [text for check in CHECKS for text in check(branch_id)]


def _numbers(branch_id: int) -> Iterable[str]:
    """Receipts are numbered without gaps."""
    used = sa.select(
        Receipt.series_id, Receipt.series_year, sa.func.min(Receipt.sequence).label("low"),
        sa.func.max(Receipt.sequence).label("high"), sa.func.count().label("used"),
    ).where(Receipt.branch_id == branch_id).group_by(Receipt.series_id, Receipt.series_year).subquery()
    query = sa.select(Series.prefix, used, SeriesCounter.next_number).join(
        Series, Series.id == used.c.series_id).outerjoin(SeriesCounter, sa.and_(
            SeriesCounter.series_id == used.c.series_id, SeriesCounter.year == used.c.series_year))
    for row in db.session.execute(query):
        if row.high - row.low + 1 != row.used or row.next_number != row.high + 1:
            yield f"numbers: series {row.prefix} {row.series_year or ''} has a gap or a duplicate"


def _booked(branch_id: int) -> Iterable[str]:
    """A payment that counts is a credit of the same amount; one that doesn't is worth nothing."""
    counts = Payment.state == "received"
    right = sa.and_(Credit.client_id == Payment.client_id, Credit.currency == Payment.currency,
                    Credit.amount + Credit.reversed_amount == Payment.amount, (Credit.amount > 0) == counts)
    query = sa.select(Payment.id).outerjoin(Credit, Credit.id == Payment.credit_id).where(
        Payment.branch_id == branch_id,
        sa.or_(sa.and_(counts, Credit.id.is_(None)), sa.and_(Credit.id.is_not(None), ~right)))
    for (payment_id,) in db.session.execute(query):
        yield f"payments: payment {payment_id} differs from its credit"


def _proven(branch_id: int) -> Iterable[str]:
    """Each payment that counts has its receipt and its thank-you."""
    query = sa.select(Payment.id, Receipt.id, Notice.id).outerjoin(Receipt, Receipt.payment_id == Payment.id).outerjoin(
        Notice, sa.and_(Notice.subject_type == "payment", Notice.subject_id == Payment.id, Notice.kind == KIND)).where(
        Payment.branch_id == branch_id, Payment.state == "received", sa.or_(Receipt.id.is_(None), Notice.id.is_(None)))
    for payment_id, receipt_id, _notice in db.session.execute(query):
        yield f"payments: payment {payment_id} has no {'notice' if receipt_id else 'receipt'}"


def _refunded(branch_id: int) -> Iterable[str]:
    """What a credit says was refunded is the sum of its refunds, without those that never reached the client."""
    failed = sa.exists().where(CardRefund.refund_id == Refund.id, CardRefund.state == "failed")
    sums = sa.select(Refund.credit_id, sa.func.sum(Refund.amount).label("amount")).where(
        Refund.branch_id == branch_id, ~failed).group_by(Refund.credit_id).subquery()
    query = sa.select(Credit.id).outerjoin(sums, sums.c.credit_id == Credit.id).where(
        Credit.branch_id == branch_id, Credit.refunded != sa.func.coalesce(sums.c.amount, 0))
    for (credit_id,) in db.session.execute(query):
        yield f"payments: refunds of credit {credit_id} don't add up"


def _told(branch_id: int) -> Iterable[str]:
    """Whoever got money back through the processor was told."""
    query = sa.select(CardRefund.refund_id).outerjoin(Notice, sa.and_(
        Notice.subject_type == "refund", Notice.subject_id == CardRefund.refund_id,
        Notice.kind == refund_notices.KIND)).where(
        CardRefund.branch_id == branch_id, CardRefund.state == "succeeded", Notice.id.is_(None))
    for (refund_id,) in db.session.execute(query):
        yield f"payments: refund {refund_id} has no notice"


def _holds(branch_id: int) -> Iterable[str]:
    """Only a cheque that is still in process keeps the deadline away."""
    source = sa.literal("payment:") + sa.cast(Payment.id, sa.String)
    query = sa.select(InvoiceHold.invoice_id).join(Payment, InvoiceHold.source == source).where(
        Payment.branch_id == branch_id, InvoiceHold.branch_id == branch_id, InvoiceHold.released_at.is_(None),
        Payment.state != "pending")
    for (invoice_id,) in db.session.execute(query):
        yield f"payments: invoice {invoice_id} is held by a payment that is no longer in process"


CHECKS = (_numbers, _booked, _proven, _refunded, _told, _holds)
