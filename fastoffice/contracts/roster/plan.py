"""What an import would do, row by row, before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from fastoffice.contracts.roster.known import KnownClient, KnownContact, KnownContract, KnownPrice
from fastoffice.contracts.roster.messages import Message
from fastoffice.contracts.roster.records import RosterRow

Action = Literal["created", "changed", "unchanged", "refused"]
Value = str | int | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a client or contract: what it is and what the file says. `field` as in `fields.LABELS`."""

    field: str
    old: Value
    new: Value


@dataclass
class ClientPlan:
    """One client of the file: known or new, with what all its rows say together."""

    known: KnownClient | None
    row: int
    values: dict[str, str] = field(default_factory=dict)
    emails: list[str] = field(default_factory=list)
    contact_name: str = ""
    phone: str = ""
    changes: list[Change] = field(default_factory=list)
    new_emails: list[str] = field(default_factory=list)
    contact: KnownContact | None = None
    """The known contact that takes the file's name and telephone, None for a new one."""


@dataclass(frozen=True, slots=True)
class PricePlan:
    """The prices that a row brings: a row of prices to add, or (`replaces`) one to correct."""

    valid_from: date
    prompt: int
    list: int
    replaces: KnownPrice | None = None


@dataclass
class RowPlan:
    """What becomes of one row. `changes` are the contract's, and the client's on the client's first row."""

    row: RosterRow
    action: Action
    client: ClientPlan | None = None
    contract: KnownContract | None = None
    changes: list[Change] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    """Of the contract: what it will hold."""
    price: PricePlan | None = None
    earlier_start: date | None = None
    """The first price must hold from this earlier day on."""
    reason: Message | None = None
    reason_field: str = "legal_name"


@dataclass
class RosterPlan:
    """The whole import."""

    rows: list[RowPlan]
    clients: list[ClientPlan]
    absent: list[KnownContract]
    """Contracts in force that the file does not mention; they are left alone."""

    def with_action(self, action: Action) -> list[RowPlan]:
        return [row for row in self.rows if row.action == action]

    @property
    def changes_prices(self) -> bool:
        """Whether prices of contracts that exist would change."""
        return any(row.contract is not None and row.price is not None for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """Changes when anything changes that the preview showed."""
        content = [_essence(plan) for plan in self.rows]
        return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


def _essence(plan: RowPlan) -> list[object]:
    changes: Iterable[Change] = plan.changes
    return [
        plan.row.number, plan.action, plan.contract.id if plan.contract else None,
        [[change.field, change.old, change.new] for change in changes],
        [plan.price.valid_from, plan.price.prompt, plan.price.list] if plan.price else None,
    ]
