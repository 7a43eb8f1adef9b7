"""The contracts of an import: offices, contracts, lines and prices, each with one statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastoffice import audit, bulk
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.contracts.models import Contract, ContractLine, LinePrice
from fastoffice.contracts.roster.plan import RosterPlan, RowPlan
from fastoffice.contracts.service import plans
from fastoffice.contracts.service.codes import next_codes
from fastoffice.errors import NotFound
from fastoffice.folding import fold
from fastoffice.workspaces import queries as offices
from fastoffice.workspaces import service as office_service


def create_contracts(
    branch: Branch, plan: RosterPlan, client_ids: dict[int, int], at: datetime
) -> dict[int, int]:
    """Write the new contracts with line and price. Ids by the row's number."""
    rows = plan.with_action("created")
    if not rows:
        return {}
    office_ids = _offices(branch.id, rows)
    codes = next_codes(branch.id, len(rows))
    ids = bulk.insert_returning_ids(
        Contract,
        [
            {
                **_terms(row),
                "branch_id": branch.id,
                "client_id": client_ids[id(row.client)],
                "code": code,
                "office_id": office_ids.get(fold(row.row.office)),
                "state": "active",
                "currency": branch.currency,
                "created_at": at,
                "version": 1,
            }
            for row, code in zip(rows, codes, strict=True)
        ],
    )
    line_ids = _add_lines(branch, rows, ids)
    _add_prices(branch.id, rows, line_ids)
    return {row.row.number: contract_id for row, contract_id in zip(rows, ids, strict=True)}


def _terms(row: RowPlan) -> dict[str, Any]:
    channels = row.values["channels"]
    return {**row.values, "channels": list(channels) if isinstance(channels, tuple) else []}


def _offices(branch_id: int, rows: list[RowPlan]) -> dict[str, int]:
    """Ids by folded code; offices that the branch did not have are added."""
    known = {fold(code): number for code, number in offices.office_ids(branch_id).items()}
    missing = {fold(row.row.office): row.row.office for row in reversed(rows) if row.row.office}
    new = {key: code for key, code in missing.items() if key not in known}
    added = office_service.add_offices(branch_id, list(new.values()))
    return known | dict(zip(new, added, strict=True))


def _add_lines(branch: Branch, rows: list[RowPlan], contract_ids: list[int]) -> list[int]:
    profiles = branches.tax_profiles(branch.id)
    if not profiles:
        raise NotFound("the branch has no tax profile")
    return bulk.insert_returning_ids(
        ContractLine,
        [
            {
                "branch_id": branch.id,
                "contract_id": contract_id,
                "position": 1,
                "description": row.row.service,
                "tax_profile_id": profiles[0].id,
                "prorate": True,
            }
            for row, contract_id in zip(rows, contract_ids, strict=True)
        ],
    )


def _add_prices(branch_id: int, rows: list[RowPlan], line_ids: list[int]) -> None:
    bulk.insert(
        LinePrice,
        [
            {
                "branch_id": branch_id,
                "contract_line_id": line_id,
                "valid_from": row.price.valid_from,
                "prompt_price": row.price.prompt,
                "list_price": row.price.list,
            }
            for row, line_id in zip(rows, line_ids, strict=True)
            if row.price and (row.price.replaces is None)
        ],
    )


def change_contracts(branch: Branch, plan: RosterPlan, today: date, actor: audit.Actor) -> None:
    """Write what changes in contracts that exist, and their prices."""
    rows = [row for row in plan.with_action("changed") if row.contract]
    plans.change_plans(
        {row.contract.id: int(_terms(row)["meeting_minutes"]) for row in rows if row.contract}, today, actor)
    bulk.update(
        Contract,
        [
            {**_terms(row), "id": row.contract.id, "version": row.contract.version + 1}
            for row in rows
            if row.contract
        ],
    )
    _move_first_prices(rows)
    priced = [row for row in rows if row.price and row.price.replaces is None]
    _add_prices(branch.id, priced, [row.contract.line_id for row in priced if row.contract])
    bulk.update(
        LinePrice,
        [
            {"id": row.price.replaces.id, "prompt_price": row.price.prompt, "list_price": row.price.list}
            for row in rows
            if row.price and row.price.replaces
        ],
    )


def _move_first_prices(rows: list[RowPlan]) -> None:
    """A contract that starts earlier than was known is billed from its start at its first price."""
    bulk.update(
        LinePrice,
        [
            {"id": row.contract.prices[0].id, "valid_from": row.earlier_start}
            for row in rows
            if row.contract and row.earlier_start
        ],
    )
