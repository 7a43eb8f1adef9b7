"""Payments, cheques, reversals, refunds and deadlines in any order: the books and the documents never disagree."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fastoffice import clock
from fastoffice.billing.models import Allocation, Credit, Invoice, Posting
from fastoffice.billing.service import cycle
from fastoffice.billing.service.verifying import verify
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.payments import queries
from fastoffice.payments import service as payments
from fastoffice.payments.models import Payment
from fastoffice.payments.rules import METHODS, PaymentSpec
from fastoffice.payments.service import RefundSpec
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, issue_month, within
from tests.factories.people import make_branch

CODES = count()
AMOUNTS = st.sampled_from([1, 99_999, 406_000, 532_400, 1_032_400, 1_235_400, 3_000_000])
PICK = st.integers(0, 50)


class Desk(RuleBasedStateMachine):
    """A desk with one client and two offices; time goes on with every step."""

    @initialize()
    def open_the_month(self) -> None:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        number = next(CODES)
        self.branch = make_branch(f"Z{letters[number // 26 % 26]}{letters[number % 26]}{letters[number // 676]}")
        self.client = make_client(self.branch)
        make_contract(self.client, lines=[("Oficina privada", 890_000, 1_065_000)])
        make_contract(self.client, lines=[("Oficina virtual", 350_000, 420_000)])
        self.now: datetime = at(1)
        issue_month(self.branch, self.now)

    def do(self, work: Any) -> None:
        """One unit; a refusal is a right answer too, and leaves nothing behind."""
        self.now += timedelta(hours=7)
        try:
            within(self.branch, self.now, work)
        except Refusal:
            db.session.rollback()

    def pick(self, model: Any, number: int, **where: Any) -> Any:
        query = sa.select(model).filter_by(branch_id=self.branch.id, **where).order_by(model.id)
        rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
        return rows[number % len(rows)] if rows else None

    @rule(amount=AMOUNTS, method=st.sampled_from(METHODS), days=st.integers(0, 6), chosen=PICK, some=st.booleans())
    def receive(self, amount: int, method: str, days: int, chosen: int, some: bool) -> None:
        wish = self.pick(Invoice, chosen) if some else None
        day = clock.local_date(self.now, self.branch.timezone) - timedelta(days=days)
        wishes = ((wish.id, min(amount, 700_000) if chosen % 2 else None),) if wish is not None else None
        spec = PaymentSpec(self.client.id, method, amount, day, wishes=wishes)
        self.do(lambda row: payments.record_payment(row, spec, MARIANA, self.now))

    @rule(number=PICK)
    def reverse(self, number: int) -> None:
        payment = self.pick(Payment, number)
        if payment is not None:
            self.do(lambda row: payments.reverse_payment(row, payment, "error", MARIANA, self.now))

    @rule(number=PICK, clears=st.booleans())
    def cheque_comes_back(self, number: int, clears: bool) -> None:
        payment = self.pick(Payment, number, method="cheque")
        if payment is not None and clears:
            self.do(lambda row: payments.clear_cheque(row, payment, MARIANA, self.now))
        elif payment is not None:
            self.do(lambda row: payments.bounce_cheque(row, payment, "sin fondos", MARIANA, self.now))

    @rule(number=PICK, amount=AMOUNTS)
    def refund(self, number: int, amount: int) -> None:
        credit = self.pick(Credit, number)
        if credit is not None:
            spec = RefundSpec(min(amount, max(credit.spare, 1)), "transfer", self.now.date(), "pagó de más")
            self.do(lambda row: payments.refund_credit(row, credit, spec, MARIANA, self.now))

    @rule(number=PICK)
    def take_back(self, number: int) -> None:
        allocation = self.pick(Allocation, number)
        if allocation is not None:
            self.do(lambda row: payments.take_back(row, allocation, "era de otro", MARIANA, self.now))

    @rule()
    def apply(self) -> None:
        self.do(lambda row: payments.apply_credit(row, self.client.id, None, MARIANA, self.now))

    @rule()
    def deadline(self) -> None:
        self.now += timedelta(days=1)
        with clock.fixed_at(self.now):
            cycle.close_branch(self.branch.id, MARIANA, self.now)

    @invariant()
    def books_and_documents_agree(self) -> None:
        if not hasattr(self, "client"):
            return
        assert verify(self.branch.id) == []
        booked = db.session.scalar(sa.select(sa.func.sum(Posting.amount)).where(
            Posting.client_id == self.client.id, Posting.account.in_(("receivable", "client_credit")))) or 0
        assert booked == queries.client_money(self.client.id).balance


def test_payments_in_any_order_keep_the_books(app) -> None:
    run_state_machine_as_test(Desk, settings=settings(
        max_examples=12, stateful_step_count=16, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck)))
