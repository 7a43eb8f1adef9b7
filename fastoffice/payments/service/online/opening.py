"""Asking the processor for the page to pay on, with the key that was committed before. No unit is open here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice import bulk, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments.gateway import Gateway, GatewayRefused, SessionRequest, SessionState
from fastoffice.payments.models import CardAccount, PayAttempt, PayAttemptPart, ProviderCustomer
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service.online import accounts, ending, wording
from fastoffice.upsert import insert_unless_there


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, and where."""

    request: SessionRequest
    gateway: Gateway
    account_id: int
    client_id: int


def open_session(attempt_id: int) -> str:
    """The address of the attempt's page, asked for once or again with the same answer.

    Raises GatewayAway (the attempt stays and is looked after), GatewayRefused (it has failed).
    """
    attempt = db.session.get_one(PayAttempt, attempt_id, populate_existing=True)
    known, wanted = attempt.session_url, None if attempt.session_id else prepare(attempt)
    db.session.rollback()
    if wanted is None:
        return known
    return ask(attempt_id, wanted).url


def ask(attempt_id: int, wanted: Question) -> SessionState:
    """Ask, and keep the answer. Raises GatewayAway, GatewayRefused."""
    try:
        session = wanted.gateway.open_session(_with_customer(wanted))
    except GatewayRefused as refusal:
        transaction.run(_refused, attempt_id, wanted, refusal.code)
        raise
    transaction.run(_keep, attempt_id, session)
    return session


def _refused(attempt_id: int, wanted: Question, code: str) -> None:
    ending.end(attempt_id, "failed", code, clock.now())
    if code == GatewayRefused.UNKNOWN:  # the next one is made with a customer of the account that it is now
        db.session.execute(sa.delete(ProviderCustomer).where(
            ProviderCustomer.account_id == wanted.account_id, ProviderCustomer.client_id == wanted.client_id))


def prepare(attempt: PayAttempt) -> Question:
    """The question, the same whenever it is asked: the key is bound to its parameters."""
    branch = db.session.get_one(Branch, attempt.branch_id)
    account = db.session.get_one(CardAccount, attempt.account_id)
    rows = db.session.execute(sa.select(Invoice.number, PayAttemptPart.amount).join(
        Invoice, Invoice.id == PayAttemptPart.invoice_id).where(
        PayAttemptPart.attempt_id == attempt.id).order_by(PayAttemptPart.id)).all()
    back = f"{attempt.back_to}{'&' if '?' in attempt.back_to else '?'}attempt={attempt.key}"
    request = SessionRequest(
        key=attempt.key, method=attempt.method, currency=attempt.currency,
        lines=tuple((wording.line(str(row.number), branch.language), row.amount) for row in rows),
        success_url=back, cancel_url=attempt.back_to, expires_at=attempt.expires_at or attempt.created_at,
        language=branch.language, save_card=attempt.save_card,
        voucher_days=rules.voucher_days(attempt.created_at, attempt.promised_until) or 1)
    return Question(request, accounts.gateway(account), account.id, attempt.client_id)


def _with_customer(wanted: Question) -> SessionRequest:
    if wanted.request.method != "spei" and not wanted.request.save_card:
        return wanted.request
    query = sa.select(ProviderCustomer.customer_id).where(
        ProviderCustomer.account_id == wanted.account_id, ProviderCustomer.client_id == wanted.client_id)
    known = db.session.scalar(query)
    [client] = clients.billing_rows([wanted.client_id])
    language = client.language or wanted.request.language
    db.session.rollback()
    if known is None:
        key = f"{wanted.account_id}-{wanted.client_id}"
        made = wanted.gateway.create_customer(key, client.legal_name, language)
        known = transaction.run(_keep_customer, wanted.account_id, wanted.client_id, made)
    return replace(wanted.request, customer_id=known)


def _keep_customer(account_id: int, client_id: int, customer_id: str) -> str:
    db.session.execute(insert_unless_there(bulk.table_of(ProviderCustomer)).values(
        account_id=account_id, client_id=client_id, customer_id=customer_id, created_at=clock.now()))
    return str(db.session.scalar(sa.select(ProviderCustomer.customer_id).where(
        ProviderCustomer.account_id == account_id, ProviderCustomer.client_id == client_id)))


def _keep(attempt_id: int, session: SessionState) -> None:
    attempt = db.session.get_one(PayAttempt, attempt_id, with_for_update=True, populate_existing=True)
    attempt.session_id, attempt.session_url = session.id, session.url
    attempt.intent_id = session.intent_id or attempt.intent_id
    if attempt.state == "created":
        attempt.state = "open"
    attempt.next_check_at = next_look(attempt, clock.now(), rules.LOOK_AGAIN)


def next_look(attempt: PayAttempt, now: datetime, wait: timedelta) -> datetime:
    """When an attempt is looked at without being told: after `wait`, and when its price or its time ends."""
    ends = [end for end in (attempt.promised_until, attempt.expires_at) if end is not None and end > now]
    return min([now + wait, *ends])
