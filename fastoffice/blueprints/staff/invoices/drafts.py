"""A draft as a whole: left out of the month or taken back in, made anew from its contract, issued."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.drafts import NoPrice
from fastoffice.billing.service import adjusting, runs
from fastoffice.blueprints.paging import url_if
from fastoffice.blueprints.staff.invoices.base import attempt, blueprint, dialog, invoice_of_branch, reason_of, to_page
from fastoffice.blueprints.staff.invoices.lines import draft_of_branch
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.folding import clean_text
from fastoffice.identity import access


def _exclusion_form(draft: Invoice, form: Typed, status: int = 200) -> Response:
    return dialog("_exclusion.html", status=status, invoice=draft, form=form)


@blueprint.get("/<int:invoice_id>/exclusion")
@access.require("invoices.adjust")
def confirm_exclusion(invoice_id: int) -> Response:
    """Why this draft is left out."""
    draft = draft_of_branch(invoice_id)
    return _exclusion_form(draft, Typed({"version": draft.version}))


@blueprint.post("/<int:invoice_id>/exclusion")
@access.require("invoices.adjust")
@writes
def exclude(invoice_id: int) -> Response:
    """Leave the draft out of the month's issue, with its reason."""
    form = Typed.sent()

    def work(draft: Invoice) -> None:
        if draft.excluded_reason == reason_of(form):
            return
        _check_version(draft, form)
        adjusting.exclude(draft, reason_of(form), access.current_actor())

    if _on_draft(invoice_id, form, work):
        htmx.toast(_("Excluded from the month."))
        return to_page(invoice_id)
    draft = invoice_of_branch(invoice_id)
    form.values["version"] = draft.version
    return _exclusion_form(draft, form, 422)


@blueprint.post("/<int:invoice_id>/inclusion")
@access.require("invoices.adjust")
@writes
def include(invoice_id: int) -> Response:
    """Take an excluded draft back in."""
    def work(draft: Invoice) -> None:
        if draft.excluded_reason is not None:
            adjusting.include(draft, access.current_actor())

    return _said(invoice_id, work, _("It will be issued with the month again."))


@blueprint.post("/<int:invoice_id>/refresh")
@access.require("invoices.adjust")
@writes
def refresh(invoice_id: int) -> Response:
    """Make the recurring lines anew from the contract."""
    form = Typed.sent()

    def work(draft: Invoice) -> None:
        _check_version(draft, form)
        try:
            adjusting.refresh(access.current_branch(), draft, access.current_actor())
        except NoPrice as problem:
            raise Refusal(_l("There is no price for “%(line)s”.", line=str(problem))) from problem

    return _said(invoice_id, work, _("The draft says what the contract says now."), form)


@blueprint.post("/<int:invoice_id>/issue")
@access.require("invoices.issue")
@writes
def issue(invoice_id: int) -> Response:
    """Ask for this one draft to be issued, at the version its reviewer saw; pressed twice it is one run."""
    draft = invoice_of_branch(invoice_id)
    if draft.status != "draft":
        htmx.toast(_("It is issued already."), "info")
        return to_page(invoice_id)
    form = Typed.sent()
    key = clean_text(request.form.get("key", ""))[:64] or secrets.token_hex(16)
    run = runs.start_run(access.current_branch(), draft.period, [(draft.id, form.number("version"))], key,
                         access.current_actor(), clock.now())
    following = url_if("billing.show_run", run_id=run.id)
    return htmx.redirect(following or url_for("invoices.show", invoice_id=draft.id))


def _check_version(draft: Invoice, form: Typed) -> None:
    if draft.version != form.number("version"):
        raise adjusting.ChangedMeanwhile


def _on_draft(invoice_id: int, form: Typed, work: Callable[[Invoice], None]) -> bool:
    branch_id = invoice_of_branch(invoice_id).branch_id
    return attempt(form, lambda: work(adjusting.open_draft(branch_id, invoice_id, None)))


def _said(invoice_id: int, work: Callable[[Invoice], None], done: str, form: Typed | None = None) -> Response:
    """Back to the page with the news, good or bad; a refusal has written nothing."""
    form = form or Typed()
    if _on_draft(invoice_id, form, work):
        htmx.toast(done)
    else:
        htmx.toast(str(next(iter([*form.notes, *form.errors.values()]))), "error")
    return to_page(invoice_id)
