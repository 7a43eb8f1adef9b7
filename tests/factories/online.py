"""A branch's account at the processor and what its clients tried there."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.gateway.sealing import seal
from fastoffice.payments.models import CardAccount, PayAttempt, PayAttemptPart, Payment, ProviderDifference
from fastoffice.payments.service.online import ending
from tests.factories.documents_of_polanco import an_issued

KEY, SECRET = "sk_test_polanco0000000000004242", "whsec_polanco"


def an_account(branch: Branch, **changes: Any) -> CardAccount:
    """Its account, made once: test keys, card, OXXO and SPEI."""
    branch_id = branch.id

    def unit() -> CardAccount:
        found = db.session.scalar(sa.select(CardAccount).where(CardAccount.branch_id == branch_id))
        if found is None:
            found = CardAccount(
                branch_id=branch_id, public_id=secrets.token_hex(12), secret_key_sealed=seal(KEY), key_hint="4242",
                webhook_secrets_sealed=seal(json.dumps([SECRET])), is_enabled=True, methods=["card", "oxxo", "spei"])
            db.session.add(found)
        for name, value in changes.items():
            setattr(found, name, value)
        db.session.flush()
        return found

    return transaction.run(unit)


def signed(body: bytes, at: datetime) -> str:
    """The header with which the processor sends this body at that moment."""
    stamp = int(at.timestamp())
    digest = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def an_attempt(branch: Branch, invoice: Invoice | None = None, now: datetime | None = None, **values: Any) -> PayAttempt:
    """Somebody pays a document of the branch by card; the page is open."""
    account, wanted = an_account(branch), invoice or an_issued(branch)
    moment, account_id = now or clock.now(), account.id
    part = {"invoice_id": wanted.id, "amount": wanted.total - wanted.paid}
    row = {"branch_id": wanted.branch_id, "client_id": wanted.client_id, "currency": wanted.currency,
           "amount": part["amount"]}

    def unit() -> PayAttempt:
        key = secrets.token_hex(16)
        attempt = PayAttempt(**{
            **row, "account_id": account_id, "key": key, "method": "card", "state": "open",
            "session_id": f"cs_test_{key}", "session_url": "https://checkout.stripe.com/c/pay", "created_at": moment,
            "expires_at": moment + timedelta(hours=1), "started_by": "client", **values})
        attempt.parts.append(PayAttemptPart(**part, active=attempt.state in ("created", "open", "processing")))
        db.session.add(attempt)
        db.session.flush()
        return attempt

    return transaction.run(unit)


def paid_online(branch: Branch, invoice: Invoice, now: datetime, *, method: str = "card", amount: int = 0,
                intent_id: str = "") -> Payment:
    """The money of an attempt for this document, booked at `now` as the processor told it."""
    attempt = an_attempt(branch, invoice, now, method=method)
    key, name = attempt.id, intent_id or f"pi_{attempt.key}"
    wanted = amount or attempt.amount
    intent = IntentState(name, "succeeded", wanted, wanted, attempt.currency, now, method, "Visa ·· 4242",
                         attempt.key, "")
    with clock.fixed_at(now):
        transaction.run(ending.book, key, intent, now)
    return db.session.get_one(Payment, db.session.get_one(PayAttempt, key, populate_existing=True).payment_id)


def a_difference(branch: Branch, kind: str = "unknown_money", object_id: str = "pi_nobodys") -> ProviderDifference:
    """Money that only one of the two books knows."""
    account = an_account(branch)
    row = ProviderDifference(account_id=account.id, branch_id=branch.id, kind=kind, object_id=object_id, amount=50_000,
                             currency="MXN", noticed_at=clock.now())

    def unit() -> ProviderDifference:
        db.session.add(row)
        db.session.flush()
        return row

    return transaction.run(unit)
