"""Rows against what the branch has: what is new, what changes and what is refused. Pure.

A contract is known by its client, service and office; of several, by its days. Blank cells change nothing. A
changed price holds from `prices_from` on (the first day of a period that is not drafted yet): documents made
before keep theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from fastoffice.contracts.roster.client_plans import ClientPlans, settle
from fastoffice.contracts.roster.duplicates import SAME_CONTRACT
from fastoffice.contracts.roster.known import KnownBranch, KnownContract
from fastoffice.contracts.roster.messages import N_, BadValue, Message
from fastoffice.contracts.roster.plan import Change, ClientPlan, PricePlan, RosterPlan, RowPlan, Value
from fastoffice.contracts.roster.records import RosterRow
from fastoffice.folding import fold

ENDED = "ended"
WAS_ENDED = N_("The contract %(code)s was withdrawn in FastOffice. Take the row out of the file.")
STATED = ("starts_on", "ends_on", "channels", "deposit", "meeting_minutes", "notes")

Identity = tuple[int, str, str]


@dataclass
class _Planner:
    known: KnownBranch
    prices_from: date
    contracts: dict[Identity, list[KnownContract]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[Identity, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for contract in self.known.contracts:
            key = (contract.client_id, fold(contract.service), fold(contract.office))
            self.contracts[key].append(contract)

    def plan(self, row: RosterRow, clients: ClientPlans) -> RowPlan:
        try:
            client = clients.of(row)
        except BadValue as error:
            return RowPlan(row, "refused", reason=error.message)
        first = self.seen.setdefault((id(client), fold(row.service), fold(row.office)), row.number)
        if first != row.number:
            return RowPlan(row, "refused", client, reason=Message(SAME_CONTRACT, {"other": first}))
        contract = self._contract(client, row)
        if contract is None:
            return self._created(row, client)
        if contract.state == ENDED:
            reason = Message(WAS_ENDED, {"code": contract.code})
            return RowPlan(row, "refused", client, contract, reason=reason)
        return self._compared(row, client, contract)

    def _contract(self, client: ClientPlan, row: RosterRow) -> KnownContract | None:
        """The contract with the same start, else one whose days meet the row's; none: it is a new contract."""
        if client.known is None:
            return None
        same = self.contracts.get((client.known.id, fold(row.service), fold(row.office)), [])
        running = [each for each in same if each.state != ENDED]
        candidates = [
            *(each for each in running if each.starts_on == row.starts_on),
            *(each for each in running if _meet(each, row)),
            *(each for each in same if each.starts_on == row.starts_on),
        ]
        return next(iter(candidates), None)

    def _created(self, row: RosterRow, client: ClientPlan) -> RowPlan:
        values: dict[str, Value] = {
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "deposit": row.deposit or 0,
            "channels": row.channels or self.known.default_channels,
            "meeting_minutes": row.meeting_minutes or 0,
            "notes": row.notes,
        }
        price = PricePlan(row.starts_on, row.prompt_price, row.list_price)
        return RowPlan(row, "created", client, values=values, price=price)

    def _compared(self, row: RosterRow, client: ClientPlan, contract: KnownContract) -> RowPlan:
        plan = RowPlan(row, "unchanged", client, contract)
        plan.values = {name: _stated(row, contract, name) for name in STATED}
        plan.changes = [
            Change(name, getattr(contract, name), new)
            for name, new in plan.values.items()
            if new != getattr(contract, name)
        ]
        plan.price = self._price(row, contract)
        if plan.price:
            plan.changes += _price_changes(row, contract)
        first = contract.prices[0].valid_from if contract.prices else None
        if first and row.starts_on < first and row.starts_on < contract.starts_on:
            plan.earlier_start = row.starts_on
        return plan

    def _price(self, row: RosterRow, contract: KnownContract) -> PricePlan | None:
        """None when the latest price is the file's already."""
        if not contract.prices:
            return PricePlan(row.starts_on, row.prompt_price, row.list_price)
        latest = contract.prices[-1]
        if (latest.prompt, latest.list) == (row.prompt_price, row.list_price):
            return None
        valid_from = max(self.prices_from, latest.valid_from)
        replaces = latest if valid_from == latest.valid_from else None
        return PricePlan(valid_from, row.prompt_price, row.list_price, replaces)


def _meet(contract: KnownContract, row: RosterRow) -> bool:
    """Whether some day is within both: a row that starts after the known end is a new term, a new contract."""
    begins_in_time = contract.ends_on is None or row.starts_on <= contract.ends_on
    return begins_in_time and (row.ends_on is None or contract.starts_on <= row.ends_on)


def _stated(row: RosterRow, contract: KnownContract, name: str) -> Value:
    """What the row says, or what the contract has where the row says nothing."""
    said: Value = getattr(row, name)
    return getattr(contract, name) if said in (None, "", ()) else said


def _price_changes(row: RosterRow, contract: KnownContract) -> list[Change]:
    old = contract.prices[-1] if contract.prices else None
    changes = (
        Change("prompt_price", old.prompt if old else None, row.prompt_price),
        Change("list_price", old.list if old else None, row.list_price),
    )
    return [change for change in changes if change.old != change.new]


def plan_roster(rows: Sequence[RosterRow], known: KnownBranch, prices_from: date) -> RosterPlan:
    """Plan every row. Changed prices hold from `prices_from` on, never before a price already agreed."""
    clients = ClientPlans(known.clients)
    planner = _Planner(known, prices_from)
    plans = [planner.plan(row, clients) for row in rows]
    for client in clients.plans:
        settle(client)
    for plan in plans:
        if plan.client and plan.client.row == plan.row.number:
            plan.changes = plan.client.changes + plan.changes
        if plan.action == "unchanged" and (plan.changes or plan.earlier_start):
            plan.action = "changed"
    named = {plan.contract.id for plan in plans if plan.contract}
    absent = [each for each in known.contracts if each.state != ENDED and each.id not in named]
    return RosterPlan(plans, clients.plans, absent)
