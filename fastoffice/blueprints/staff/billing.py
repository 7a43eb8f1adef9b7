"""Facturación: a month in five steps, its documents, and issuing them together."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from fastoffice import clock, htmx
from fastoffice.billing.models import BillingRun
from fastoffice.billing.queries import periods
from fastoffice.billing.rules import deadline
from fastoffice.billing.rules.periods import following, is_period, period_of
from fastoffice.billing.service import cycle, issuing, offering, runs
from fastoffice.blueprints.staff import exports
from fastoffice.blueprints.staff.billing_view import month_context
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries as branches
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity.access import current_actor, current_branch, require, scoped
from fastoffice.sent import version_in, whole

blueprint = Blueprint("billing", __name__, url_prefix="/staff/billing")
PAGE, LIST = "staff/billing/month.html", "staff/billing/_list.html"


def known_period(period: str) -> str:
    """A period of our time. Raises NotFound for anything else in the address."""
    if not is_period(period) or not "2000-01" <= period <= "2100-12":
        raise NotFound(_("There is no such month."))
    return period


@blueprint.get("/")
@require("invoices.view")
def index() -> Response:
    """The month to work on: this one, or the next when its drafts are there already."""
    branch = current_branch()
    now = clock.now()
    period = period_of(clock.local_date(now, branch.timezone))
    ahead = periods.summary(branch.id, following(period), now)
    found = periods.summary(branch.id, period, now)
    if ahead.drafts and not found.drafts and not found.open:
        period = following(period)
    return htmx.redirect(url_for(".month", period=period))


@blueprint.get("/<period>")
@require("invoices.view")
def month(period: str) -> Response:
    """Steps and one list of the month's documents."""
    branch = current_branch()
    context = month_context(branch, known_period(period), request.args, clock.now())
    return htmx.page_or_fragment(PAGE, LIST, **context)


@blueprint.post("/<period>/drafts")
@require("invoices.draft")
def make_drafts(period: str) -> Response:
    """Make the drafts that are missing. In chunks, each its own unit of work."""
    branch, actor = current_branch(), current_actor()
    result = cycle.draft_period(branch.id, known_period(period), actor, clock.now())
    made = ngettext("%(num)d draft made.", "%(num)d drafts made.", result.drafted)
    if result.errors:
        htmx.toast(made + " " + ngettext("%(num)d contract could not be drafted: see its error in the list.",
                                         "%(num)d contracts could not be drafted: see their errors in the list.",
                                         len(result.errors)), "warning")
    else:
        htmx.toast(made if result.drafted else _("Every contract of the month has its document already."))
    return htmx.redirect(url_for(".month", period=period))


@blueprint.get("/<period>/issue")
@require("invoices.issue")
def confirm_issue(period: str) -> Response:
    """What issuing will do, before it is done: how many, for how much, until when."""
    branch, now = current_branch(), clock.now()
    offer = offering.would_issue(branch, known_period(period), now)
    policy = branches.policy_of(branch)
    due_on = deadline.prompt_due_on(period, clock.local_date(now, branch.timezone), issuing.window_of(policy),
                                    policy.is_holiday, policy.is_business_day)
    context: dict[str, Any] = {"period": period, "offer": offer, "due_on": due_on, "branch": branch,
                               "key": secrets.token_hex(16)}
    return htmx.page_or_fragment("staff/billing/issue.html", "staff/billing/_issue.html", **context)


@blueprint.post("/<period>/runs")
@require("invoices.issue")
@writes
def issue(period: str) -> Response:
    """Ask for the chosen drafts (or all) to be issued; a worker does it."""
    branch = current_branch()
    wanted = _chosen(branch.id, known_period(period))
    if not wanted:
        htmx.toast(_("Choose at least one draft."), "warning")
        return htmx.redirect(url_for(".month", period=period))
    key = request.form.get("key") or secrets.token_hex(16)
    run = runs.start_run(branch, period, wanted, key[:64], current_actor(), clock.now())
    return htmx.redirect(url_for(".show_run", run_id=run.id))


def _chosen(branch_id: int, period: str) -> list[tuple[int, int | None]]:
    """The ticked drafts with the version their reviewer saw ("id:version"), or every draft of the month."""
    everything: list[tuple[int, int | None]] = list(periods.issuable(branch_id, period))
    if request.form.get("all") == "yes":
        return everything
    mine = {key for key, _version in everything}
    wanted: dict[int, int | None] = {}
    for text in request.form.getlist("ids"):
        key, _colon, version = text.partition(":")
        if whole(key, 0) in mine:
            wanted[whole(key, 0)] = version_in(version) if version else None
    return list(wanted.items())


@blueprint.get("/runs/<int:run_id>")
@require("invoices.view")
def show_run(run_id: int) -> Response:
    """How far a run is, and what it left out and why."""
    run = scoped(BillingRun, run_id)
    context: dict[str, Any] = {"run": run, "skipped": periods.skipped(run.id)}
    return htmx.page_or_fragment("staff/billing/run.html", "staff/billing/_run.html", **context)


@blueprint.post("/<period>/close")
@require("invoices.issue")
def close(period: str) -> Response:
    """Do the deadline's work now; only what is past its window is touched."""
    branch = current_branch()
    try:
        result = cycle.close_branch(branch.id, current_actor(), clock.now(), known_period(period))
    except Refusal as refusal:
        htmx.toast(str(refusal.message), "error")
    else:
        htmx.toast(ngettext("%(num)d invoice was cancelled and replaced at list price.",
                            "%(num)d invoices were cancelled and replaced at list price.", len(result.replaced)))
    return htmx.redirect(url_for(".month", period=period))


@blueprint.get("/<period>/export")
@require("export")
def export(period: str) -> Response:
    """The month's documents as a workbook."""
    return exports.sent("invoices", "xlsx", known_period(period), f"facturas-{current_branch().code}-{period}")
