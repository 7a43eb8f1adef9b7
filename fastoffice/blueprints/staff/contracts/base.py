"""What the pages of contracts share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n

from fastoffice import clock, htmx
from fastoffice.billing.queries import contracts as billing
from fastoffice.contracts import lists
from fastoffice.contracts.models import Contract, ContractLine
from fastoffice.errors import NotFound
from fastoffice.identity import access
from fastoffice.locale import month_name

blueprint = Blueprint("contracts", __name__, url_prefix="/staff/contracts")
DIALOG = "staff/contracts/dialog.html"


def today() -> date:
    """The day it is at the branch."""
    return clock.local_date(clock.now(), access.current_branch().timezone)


def contract_of_branch(contract_id: int) -> Contract:
    """The current branch's contract with all that belongs to it. Raises NotFound for any other."""
    return access.owned(lists.whole(contract_id))


def line_of(contract: Contract, line_id: int) -> ContractLine:
    """A service of this contract. Raises NotFound."""
    for line in contract.lines:
        if line.id == line_id:
            return line
    raise NotFound(_l("There is no such record in this branch."))


def dialog(fragment: str, contract: Contract, *, status: int = 200, **context: Any) -> Response:
    """A form in the dialog, or on a page of its own without scripts."""
    return htmx.page_or_fragment(
        DIALOG, f"staff/contracts/{fragment}", status=status, fragment=f"staff/contracts/{fragment}",
        contract=contract, **context)


def done(contract: Contract, message: str) -> Response:
    """Say what was done and which drafts no longer say what the contract says; back to the contract."""
    htmx.toast(message)
    stale = billing.stale_drafts(access.current_branch(), contract.id)
    if stale:
        months = ", ".join(month_name(draft.period) for draft in stale)
        htmx.toast(_n("The draft of %(months)s was made before this change: refresh it before issuing.",
                      "The drafts of %(months)s were made before this change: refresh them before issuing.",
                      len(stale), months=months), "warning")
    return htmx.redirect(url_for("contracts.show", contract_id=contract.id))


def counted_from(day: date) -> str:
    """From which bill on a price counts, in words."""
    return _("The new prices count from the bill of %(month)s.", month=month_name(f"{day:%Y-%m}"))
