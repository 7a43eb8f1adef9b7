"""The books: what the last checks found, a check now, and the trial balance."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from fastoffice import clock, htmx, transaction
from fastoffice.billing.faults import account_name, fault_sentence
from fastoffice.billing.queries import ledger as queries
from fastoffice.billing.service.verifying import keep, verify
from fastoffice.identity.access import current_branch, require

blueprint = Blueprint("ledger", __name__, url_prefix="/staff/ledger")
PAGE = "staff/ledger/index.html"


@blueprint.get("/")
@require("ledger.view")
def index() -> Response:
    """The last checks, and every account with its sums."""
    branch = current_branch()
    return htmx.page_or_fragment(
        PAGE, PAGE, checks=queries.last_checks(branch.id), balance=queries.trial_balance(branch.id),
        zone=branch.timezone, fault_sentence=fault_sentence, account_name=account_name)


@blueprint.post("/checks")
@require("ledger.view")
def check() -> Response:
    """Check every invariant now. Reading comes first, so that nobody waits for it; only its result is written."""
    branch_id = current_branch().id
    faults = verify(branch_id)
    transaction.run(keep, branch_id, faults, clock.now())
    if faults:
        htmx.toast(ngettext("%(num)d fault found.", "%(num)d faults found.", len(faults)), "error")
    else:
        htmx.toast(_("Everything adds up."))
    return htmx.redirect(url_for("ledger.index"))
