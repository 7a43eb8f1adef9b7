"""Money on its way through the card processor: the branch's account there, attempts to pay, what it told us."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model

_under_way = sa.text("state IN ('created','open','processing')")
_active = sa.text("active")
_unread = sa.text("state = 'new'")
_unresolved = sa.text("resolved_at IS NULL")


class CardAccount(Model):
    """A branch's own account at the processor. Keys are sealed (see gateway.sealing) and never shown again.

    `webhook_secrets_sealed` is a sealed JSON list, the newest first: two while a secret is being changed.
    `methods` of card, oxxo, spei are those that the branch takes. Test and live keys never mix: `livemode`
    follows from the key. `polled_at`: when it was compared last; `poll_after`: not to be compared before.
    """

    __tablename__ = "card_account"
    __table_args__ = (CheckConstraint("NOT is_enabled OR secret_key_sealed <> ''", name="key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), unique=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    secret_key_sealed: Mapped[str] = mapped_column(String(600), default="")
    webhook_secrets_sealed: Mapped[str] = mapped_column(String(1200), default="")
    key_hint: Mapped[str] = mapped_column(String(8), default="")
    livemode: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=False)
    methods: Mapped[list[Any]]
    polled_at: Mapped[datetime | None]
    poll_after: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PayAttempt(Model):
    """One try to pay documents through the processor; committed, with its key, before the processor is asked.

    kind: checkout (hosted page), saved (one touch with a saved card), autopay. method: card, oxxo, spei.
    state: created (not asked yet), open (the client can pay), processing (a voucher or a transfer under way),
    paid, failed, expired. `key` is the idempotency key of the call and the reference the processor keeps.
    `save_card`: the client agreed that the card is kept; `saved_card_id`: the kept card that is charged.
    `promised_until` is the end of the price it was made for, None where there is one price.
    """

    __tablename__ = "pay_attempt"
    __table_args__ = (
        Index("ix_pay_attempt_branch", "branch_id", "id"),
        Index("ix_pay_attempt_client", "client_id", "id"),
        Index("ix_pay_attempt_due", "next_check_at", sqlite_where=_under_way, postgresql_where=_under_way),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("state IN ('created','open','processing','paid','failed','expired')", name="state"),
        CheckConstraint("state <> 'paid' OR payment_id IS NOT NULL", name="booked"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("card_account.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default="checkout")
    save_card: Mapped[bool] = mapped_column(default=False)
    saved_card_id: Mapped[int | None] = mapped_column(ForeignKey("saved_card.id"))
    method: Mapped[str] = mapped_column(String(8))
    amount: Mapped[int] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12), default="created")
    back_to: Mapped[str] = mapped_column(String(300), default="")
    session_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    session_url: Mapped[str] = mapped_column(sa.Text, default="")
    intent_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    promised_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    card: Mapped[str] = mapped_column(String(40), default="")
    error: Mapped[str] = mapped_column(String(200), default="")
    started_by: Mapped[str] = mapped_column(String(120))
    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    client: Mapped[Client] = relationship()
    parts: Mapped[list[PayAttemptPart]] = relationship(back_populates="attempt", order_by="PayAttemptPart.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def source(self) -> str:
        """How billing names the hold that this attempt places."""
        return f"attempt:{self.id}"


class PayAttemptPart(Model):
    """What an attempt asks for one document. The unique index lets one attempt be under way per document."""

    __tablename__ = "pay_attempt_part"
    __table_args__ = (
        Index("uq_pay_attempt_part_active", "invoice_id", unique=True, sqlite_where=_active, postgresql_where=_active),
        Index("ix_pay_attempt_part_attempt", "attempt_id"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("pay_attempt.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    amount: Mapped[int] = mapped_column(Id)
    active: Mapped[bool] = mapped_column(default=True)

    attempt: Mapped[PayAttempt] = relationship(back_populates="parts")


class ProviderCustomer(Model):
    """A client as the processor knows them: one per account, so that cards can be kept."""

    __tablename__ = "provider_customer"
    __table_args__ = (UniqueConstraint("account_id", "client_id"), UniqueConstraint("account_id", "customer_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("card_account.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    customer_id: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class ProviderEvent(Model):
    """Something the processor told us, once: stored before it is answered, processed by a worker.

    state: new, done, ignored (nothing of ours), failed (a person looks). The body is kept for the record; what
    is booked is always read from the processor, never from here.
    """

    __tablename__ = "provider_event"
    __table_args__ = (
        UniqueConstraint("account_id", "event_id"),
        Index("ix_provider_event_new", "next_attempt_at", sqlite_where=_unread, postgresql_where=_unread),
        CheckConstraint("state IN ('new','done','ignored','failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("card_account.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    event_id: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(120), default="")
    body: Mapped[str] = mapped_column(sa.Text)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(200), default="")


class ProviderDifference(Model):
    """Something that the processor's books and ours tell differently; a person resolves it.

    kind: unknown_money (they took money that we did not book), missing_money (we booked what they do not have),
    amount (both have it, not alike).
    """

    __tablename__ = "provider_difference"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "object_id"),
        Index("ix_provider_difference_open", "branch_id", "id", sqlite_where=_unresolved,
              postgresql_where=_unresolved),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("card_account.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(16))
    object_id: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    noticed_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(300), default="")
