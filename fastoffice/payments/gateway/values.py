"""What the processor is asked and what it answers, as plain values. Amounts in minor units, moments aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A hosted page to pay on. `lines` are (text, amount). `voucher_days` only for oxxo; `customer_id` for SPEI
    and for a card that is to be kept (`save_card`)."""

    key: str
    method: str
    currency: str
    lines: tuple[tuple[str, int], ...]
    success_url: str
    cancel_url: str
    expires_at: datetime
    language: str
    voucher_days: int = 1
    customer_id: str | None = None
    save_card: bool = False


@dataclass(frozen=True, slots=True)
class SessionState:
    """A hosted page now. status: open, complete, expired. `reference` is the key that it was opened with."""

    id: str
    url: str
    status: str
    is_paid: bool
    intent_id: str | None
    reference: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class IntentState:
    """A payment now. status: succeeded, processing, requires_action, requires_payment_method, canceled, …

    `received` of `currency` arrived at `charged_at`; `card` is "Visa ·· 4242"; `error` their code of the last
    refusal; `voucher_until` the end of a voucher under way; `left` what a transfer to `customer_id` has to bring;
    `shown_at` where the client sees the voucher, or where to transfer, again.
    """

    id: str
    status: str
    amount: int
    received: int
    currency: str
    charged_at: datetime | None
    method: str
    card: str
    reference: str
    error: str
    voucher_until: datetime | None = None
    left: int = 0
    customer_id: str = ""
    method_id: str = ""
    card_ends: tuple[int, int] | None = None  # year, month
    shown_at: str = ""


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A kept card to charge, once per `key`."""

    key: str
    amount: int
    currency: str
    customer_id: str
    method_id: str
    description: str


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund now. status: pending, requires_action, succeeded, failed, canceled, and kept: it ended in the client's
    balance at the processor. `reference` is the key that it was asked with, "" for one that somebody made there;
    `error` their word for why it failed."""

    id: str
    status: str
    amount: int
    currency: str
    intent_id: str
    reference: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute now. status: needs_response, under_review, won, lost, prevented, and the first two and closed with
    "warning_" before them, for an inquiry that took no money yet."""

    id: str
    status: str
    amount: int
    currency: str
    intent_id: str
    reason: str
    answer_by: datetime | None
    opened_at: datetime | None
