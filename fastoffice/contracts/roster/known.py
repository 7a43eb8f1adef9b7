"""What the branch has already, as plain values for the planning of an import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A person or mailbox of a client."""

    id: int
    name: str
    email: str
    phone: str
    for_billing: bool


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client of the branch. `tax_id` is None without one of its own."""

    id: int
    version: int
    legal_name: str
    name_key: str
    trade_name: str
    tax_id: str | None
    tax_regime: str
    cfdi_use: str
    fiscal_postal_code: str
    group: str
    is_archived: bool
    contacts: tuple[KnownContact, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownPrice:
    """Per month from `valid_from` on, in minor units."""

    id: int
    valid_from: date
    prompt: int
    list: int


@dataclass(frozen=True, slots=True)
class KnownContract:
    """A contract of the branch with its first line: the one that a roster speaks of."""

    id: int
    version: int
    code: str
    client_id: int
    office: str
    state: str
    starts_on: date
    ends_on: date | None
    channels: tuple[str, ...]
    deposit: int
    meeting_minutes: int
    notes: str
    line_id: int
    service: str
    prices: tuple[KnownPrice, ...]
    """In order of `valid_from`."""


@dataclass(frozen=True, slots=True)
class KnownBranch:
    """Everything of one branch that a roster is compared with."""

    clients: tuple[KnownClient, ...]
    contracts: tuple[KnownContract, ...]
    offices: dict[str, int]
    """Id by code."""
    default_channels: tuple[str, ...]
