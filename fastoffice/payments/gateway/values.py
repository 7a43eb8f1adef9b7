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
    email: str = ""
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
    refusal; `voucher_until` the end of a voucher under way.
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
