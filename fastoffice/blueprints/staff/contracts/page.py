"""One contract: its services, prices by date, documents and history."""

from __future__ import annotations

from flask import Response

from fastoffice import htmx
from fastoffice.audit.history import entries_of
from fastoffice.billing.queries import contracts as billing
from fastoffice.blueprints.staff.clients.history import timeline
from fastoffice.blueprints.staff.contracts.base import blueprint, contract_of_branch, today
from fastoffice.branches import queries as branches
from fastoffice.contracts import lists, queries, rules
from fastoffice.identity import access


@blueprint.get("/<int:contract_id>")
@access.require("contracts.view")
def show(contract_id: int) -> Response:
    """Everything about the contract on one page."""
    contract, day, branch = contract_of_branch(contract_id), today(), access.current_branch()
    others = []
    if contract.office_id and contract.state != "ended":
        others = queries.overlapping(
            branch.id, contract.office_id, contract.starts_on, contract.ends_on, except_id=contract.id)
    entries = entries_of(branch.id, {"contract": [contract.id]}, limit=30)
    template = "staff/contracts/show.html"
    return htmx.page_or_fragment(
        template, template, contract=contract, client=contract.client, today=day, currency=branch.currency,
        state=rules.status_on(contract, day), soon=rules.ends_soon(contract, day), others=others,
        monthly=lists.monthly_prices([contract.id], day).get(contract.id, (0, 0)),
        price_on=rules.price_on, counts_from=rules.counts_from, issued_to=billing.issued_to(contract.id),
        billed=billing.was_billed(contract.id), documents=billing.documents(contract.id),
        stale={draft.id for draft in billing.stale_drafts(branch, contract.id)},
        taxes={key: rate[0] for key, rate in branches.tax_rates(branch.id).items()},
        items=timeline(entries, branch.timezone))
