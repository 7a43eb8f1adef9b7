"""Writing contracts, one at a time, as staff do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.attributes import flag_modified

from fastoffice import audit
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.contracts import checks, lists, queries, rules
from fastoffice.contracts.checks import ContractData, LineData
from fastoffice.contracts.errors import ContractChanged, InvalidContract, OfficeTaken, SameContract
from fastoffice.contracts.models import Contract, ContractLine, LinePrice
from fastoffice.contracts.service import plans
from fastoffice.contracts.service.codes import next_codes
from fastoffice.contracts.service.places import index_offices
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.workspaces import service as workspaces
from fastoffice.workspaces.models import Office


@dataclass(frozen=True, slots=True)
class ContractChanges:
    """What may be edited without being agreed anew; `starts_on` None leaves the first day as it is."""

    office: str
    channels: tuple[str, ...]
    deposit: int
    meeting_minutes: int
    notes: str
    starts_on: date | None = None


def create_contract(
    actor: audit.Actor, branch: Branch, client_id: int, data: ContractData, now: datetime, *,
    shared_office: bool = False, another: bool = False,
) -> Contract:
    """Agree a contract with a client of the branch.

    Raises InvalidContract (all that is wrong, by field), OfficeTaken unless `shared_office`, and SameContract
    unless `another`: the second press of a button agrees no second contract.
    """
    profiles = branches.tax_profiles(branch.id)
    data, errors = checks.check_contract(data, [profile.id for profile in profiles])
    branches.lock_for_billing(branch.id)  # one writer at a time: codes and offices are seen by the next
    office = _office(actor, branch.id, data.office, errors)
    if errors:
        raise InvalidContract(errors)
    _refuse_code(branch.id, data.code)
    if not another:
        _refuse_same(client_id, office, data)
    if not shared_office:
        _refuse_overlap(branch.id, office, data.starts_on, data.ends_on)
    contract = Contract(
        branch_id=branch.id, client_id=client_id, office=office, created_at=now, currency=branch.currency,
        code=data.code or next_codes(branch.id, 1)[0], starts_on=data.starts_on, ends_on=data.ends_on,
        channels=list(data.channels), deposit=data.deposit, meeting_minutes=data.meeting_minutes, notes=data.notes)
    for position, line in enumerate(data.lines, 1):
        contract.lines.append(new_line(branch.id, line, position, profiles[0].id, data.starts_on))
    db.session.add(contract)
    db.session.flush()
    index_offices([client_id])
    note(actor, "contract.created", contract, {"code": contract.code})
    return contract


def new_line(branch_id: int, data: LineData, position: int, profile_id: int, starts_on: date) -> ContractLine:
    """A service with its first price, which holds from its first day on."""
    line = ContractLine(
        branch_id=branch_id, position=position, description=data.description, prorate=data.prorate,
        tax_profile_id=data.tax_profile_id or profile_id, starts_on=data.starts_on, ends_on=data.ends_on)
    line.prices = [LinePrice(branch_id=branch_id, valid_from=data.starts_on or starts_on,
                             prompt_price=data.prompt_price, list_price=data.list_price)]
    return line


def edit_contract(
    actor: audit.Actor, contract: Contract, changes: ContractChanges, version: int, *, day: date,
    shared_office: bool = False,
) -> list[str]:
    """Change office, delivery, deposit, hours, notes or (not billed yet) the first day; the changed fields.

    Raises ContractChanged, InvalidContract, OfficeTaken or a NotWhile; `day` is the branch's today.
    """
    check_version(contract, version)
    rules.check_allowed(contract, "change", day)
    starts_on = changes.starts_on or contract.starts_on
    errors: dict[str, Any] = {}
    checks.check_days(starts_on, contract.ends_on, errors)
    extras = checks.check_extras(_as_data(contract, changes), errors)
    branches.lock_for_billing(contract.branch_id)
    office = _office(actor, contract.branch_id, extras["office"], errors)
    if errors:
        raise InvalidContract(errors)
    moved = office is not None and (office.id != contract.office_id or starts_on != contract.starts_on)
    if moved and not shared_office:
        _refuse_overlap(contract.branch_id, office, starts_on, contract.ends_on, contract.id)
    wanted = {"office_id": office.id if office else None, "channels": list(extras["channels"]),
              "deposit": changes.deposit, "notes": extras["notes"]}
    changed = [name for name, value in wanted.items() if getattr(contract, name) != value]
    for name in changed:
        setattr(contract, name, wanted[name])
    if contract.meeting_minutes != changes.meeting_minutes:
        touch(contract)
        plans.change_plans({contract.id: changes.meeting_minutes}, day, actor)
        db.session.refresh(contract)
        changed.append("meeting_minutes")
    if starts_on != contract.starts_on:
        _move_start(contract, starts_on)
        changed.append("starts_on")
    if changed:
        note(actor, "contract.changed", contract, {"fields": changed})
        index_offices([contract.client_id])
    return changed


def check_version(contract: Contract, version: int | None) -> None:
    """Hold the contract until the unit ends. Raises ContractChanged when it is not the one that was read."""
    locked = db.session.scalar(sa.select(Contract.version).where(Contract.id == contract.id).with_for_update())
    if locked != contract.version or version not in (None, locked):
        raise ContractChanged


def touch(contract: Contract) -> None:
    """A change of lines or prices is a new version of the contract."""
    flag_modified(contract, "notes")


def note(actor: audit.Actor, action: str, contract: Contract, data: dict[str, Any] | None = None) -> None:
    """Audit a contract's change."""
    db.session.flush()
    audit.record(actor, action, ("contract", contract.id), data, branch_id=contract.branch_id)


def _as_data(contract: Contract, changes: ContractChanges) -> ContractData:
    return ContractData(contract.starts_on, (), office=changes.office, channels=changes.channels,
                        deposit=changes.deposit, meeting_minutes=changes.meeting_minutes, notes=changes.notes)


def _office(actor: audit.Actor, branch_id: int, code: str, errors: dict[str, Any]) -> Office | None:
    try:
        return workspaces.office_called(actor, branch_id, code)
    except Refusal as refusal:
        errors["office"] = refusal.message
        return None


def _refuse_overlap(branch_id: int, office: Office | None, first: date, last: date | None, own_id: int = 0) -> None:
    if office is None:
        return
    others = queries.overlapping(branch_id, office.id, first, last, except_id=own_id)
    if others:
        raise OfficeTaken(others)


def _refuse_same(client_id: int, office: Office | None, data: ContractData) -> None:
    services = sorted(line.description for line in data.lines)
    for contract in lists.of_client(client_id):
        same_place = contract.office_id == (office.id if office else None) and contract.starts_on == data.starts_on
        if contract.state != "ended" and same_place and sorted(
                line.description for line in contract.lines) == services:
            raise SameContract(contract.id, contract.code)


def _move_start(contract: Contract, starts_on: date) -> None:
    """The first price of each service that has no first day of its own moves along."""
    for line in contract.lines:
        if line.starts_on is None and line.prices:
            line.prices[0].valid_from = min(starts_on, line.prices[0].valid_from)
    contract.starts_on = starts_on


def _refuse_code(branch_id: int, code: str) -> None:
    taken = sa.select(Contract.id).where(Contract.branch_id == branch_id, Contract.code == code)
    if code and db.session.scalar(taken) is not None:
        raise InvalidContract({"code": _l("Another contract has this code.")})


__all__ = ["ContractChanges", "ContractData", "LineData", "create_contract", "edit_contract"]
