"""Transfers to a client's CLABE: nobody but us decides what they pay, so that no cheaper document takes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.payments.gateway import Gateway, IntentState
from fastoffice.payments.models import PayAttempt, ProviderCustomer
from fastoffice.payments.rules import online as rules


def used(gateway: Gateway, intent: IntentState) -> IntentState:
    """The payment after what has arrived was used for it, if that is enough; dated when it arrived."""
    if intent.left and gateway.cash(intent.customer_id, intent.currency) >= intent.left:
        gateway.apply_cash(intent.id)
        intent = gateway.intent(intent.id)
    if intent.status != "succeeded":
        return intent
    return replace(intent, charged_at=gateway.arrived_at(intent.customer_id, intent.id) or intent.charged_at)


def attempt_of(account_id: int, customer_id: str) -> int | None:
    """What a transfer of this customer is for: the try under way, else the last one that was not paid."""
    under_way = sa.case((PayAttempt.state.in_(rules.UNDER_WAY), 0), else_=1)
    query = _asked(account_id).with_only_columns(PayAttempt.id).where(
        ProviderCustomer.customer_id == customer_id, PayAttempt.state != "paid")
    return db.session.scalar(query.order_by(under_way, PayAttempt.id.desc()).limit(1))


def customers(account_id: int) -> list[tuple[str, str]]:
    """(customer, currency) of everybody who ever asked where to transfer."""
    query = _asked(account_id).with_only_columns(ProviderCustomer.customer_id, PayAttempt.currency)
    return [(row.customer_id, row.currency) for row in db.session.execute(query.distinct())]


def _asked(account_id: int) -> sa.Select[Any]:
    same = sa.and_(ProviderCustomer.account_id == PayAttempt.account_id,
                   ProviderCustomer.client_id == PayAttempt.client_id)
    return sa.select(PayAttempt.id).join(ProviderCustomer, same).where(
        PayAttempt.account_id == account_id, PayAttempt.method == "spei")
