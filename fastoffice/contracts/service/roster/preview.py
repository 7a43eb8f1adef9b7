"""What an import would do to a branch, in a constant number of statements and without writing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from fastoffice import clock
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.contracts import queries as contracts
from fastoffice.contracts.roster.known import (
    KnownBranch,
    KnownClient,
    KnownContact,
    KnownContract,
    KnownPrice,
)
from fastoffice.contracts.roster.plan import RosterPlan
from fastoffice.contracts.roster.planning import plan_roster
from fastoffice.contracts.roster.records import ParsedRoster, Problem
from fastoffice.contracts.roster.text import column_letter
from fastoffice.workspaces import queries as workspaces


@dataclass(frozen=True)
class Counts:
    """Rows by what becomes of them."""

    created: int
    changed: int
    unchanged: int
    refused: int
    ignored: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class RosterPreview:
    """A parsed file and what it would do to one branch."""

    parsed: ParsedRoster
    plan: RosterPlan
    prices_from: date

    @property
    def problems(self) -> list[Problem]:
        """Those of the file and those that the branch's own records raise, by row."""
        found = self.parsed.problems + [
            _problem(
                self.parsed, plan.row.number, plan.reason_field, plan.reason.msgid, dict(plan.reason.params)
            )
            for plan in self.plan.rows
            if plan.reason
        ]
        return sorted(found, key=lambda problem: (problem.row or 0, problem.severity))

    @property
    def refused_rows(self) -> list[int]:
        """Numbers of the rows that cannot be imported."""
        planned = {plan.row.number for plan in self.plan.with_action("refused")}
        return sorted(planned | set(self.parsed.refused_rows))

    @property
    def counts(self) -> Counts:
        plan = self.plan
        return Counts(
            created=len(plan.with_action("created")),
            changed=len(plan.with_action("changed")),
            unchanged=len(plan.with_action("unchanged")),
            refused=len(self.refused_rows),
            ignored=len(self.parsed.ignored),
        )

    @property
    def can_apply(self) -> bool:
        """All or nothing: one refused row, or a missing column, stops the whole."""
        return not any(problem.severity == "error" for problem in self.problems)


def _problem(
    parsed: ParsedRoster, row: int, field: str, message_id: str, params: dict[str, str | int]
) -> Problem:
    column = parsed.mapping.get(field)
    letter = column_letter(column) if column is not None else ""
    header = parsed.headers[column] if column is not None else ""
    return Problem(row, letter, header, field, "error", message_id, params)


def default_prices_from(branch: Branch, at: datetime) -> date:
    """The first day of the month after the branch's today."""
    first = clock.local_date(at, branch.timezone).replace(day=1)
    return (first + timedelta(days=32)).replace(day=1)


def preview_roster(
    branch: Branch, parsed: ParsedRoster, prices_from: date, *, lock_them: bool = False
) -> RosterPreview:
    """Compare the file with the branch. Changed prices hold from `prices_from` (first day of a period) on.

    `lock_them` holds the compared clients and contracts until the unit of work ends.
    """
    known = _known(branch, lock_them)
    return RosterPreview(parsed, plan_roster(parsed.rows, known, prices_from), prices_from)


def _known(branch: Branch, lock_them: bool) -> KnownBranch:
    return KnownBranch(
        clients=_clients(branch.id, lock_them),
        contracts=_contracts(branch.id, lock_them),
        offices=workspaces.office_ids(branch.id),
        default_channels=tuple(branches.policy_of(branch).default_channels),
    )


def _clients(branch_id: int, lock_them: bool) -> tuple[KnownClient, ...]:
    contacts = {
        client_id: tuple(
            KnownContact(row.id, row.name, row.email, row.phone, row.for_billing) for row in rows
        )
        for client_id, rows in clients.contacts_of_branch(branch_id).items()
    }
    return tuple(
        KnownClient(
            row.id,
            row.version,
            row.legal_name,
            row.name_key,
            row.trade_name,
            row.tax_id,
            row.tax_regime,
            row.cfdi_use,
            row.fiscal_postal_code,
            row.group,
            row.archived_at is not None,
            contacts.get(row.id, ()),
        )
        for row in clients.of_branch(branch_id, lock_them=lock_them)
    )


def _contracts(branch_id: int, lock_them: bool) -> tuple[KnownContract, ...]:
    prices = {
        line_id: tuple(KnownPrice(row.id, row.valid_from, row.prompt_price, row.list_price) for row in rows)
        for line_id, rows in contracts.prices_of_branch(branch_id).items()
    }
    return tuple(
        KnownContract(
            row.id,
            row.version,
            row.code,
            row.client_id,
            row.office,
            row.state,
            row.starts_on,
            row.ends_on,
            tuple(row.channels),
            row.deposit,
            row.meeting_minutes,
            row.notes,
            row.line_id,
            row.service,
            prices.get(row.line_id, ()),
        )
        for row in contracts.of_branch(branch_id, lock_them=lock_them)
    )
