"""Holds of one document: placed with reason and end, released."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.billing.errors import CannotBecome
from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.billing.service import holds
from fastoffice.blueprints.staff.invoices.base import attempt, blueprint, dialog, invoice_of_branch, reason_of, to_page
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import access

USUAL = timedelta(days=7)
FARTHEST = timedelta(days=366)
KINDS = {
    "dispute": (_l("Dispute"), _l("The client does not agree with the document.")),
    "review": (_l("Under review"), _l("We are checking something ourselves.")),
    "promise": (_l("Promise to pay"), _l("The client gave a date; needs a manager's approval.")),
    "extension": (_l("Extension"), _l("More time at the same price; needs a manager's approval.")),
}


def _today() -> date:
    return clock.local_date(clock.now(), access.current_branch().timezone)


def _choices() -> list[tuple[str, str, str]]:
    mine = [kind for kind in KINDS if kind not in holds.NEED_APPROVAL or access.can("invoices.approve")]
    return [(kind, str(KINDS[kind][0]), str(KINDS[kind][1])) for kind in mine]


def _form(invoice: Invoice, form: Typed, status: int = 200) -> Response:
    return dialog("_hold.html", status=status, invoice=invoice, form=form, kinds=_choices(), today=_today())


@blueprint.get("/<int:invoice_id>/holds/new")
@access.require("invoices.hold")
def new_hold(invoice_id: int) -> Response:
    """Why, and until when."""
    invoice = invoice_of_branch(invoice_id)
    if invoice.status not in ("draft", "issued", "partly_paid"):
        raise CannotBecome(invoice.number or "", invoice.status)
    return _form(invoice, Typed({"kind": "dispute", "until": (_today() + USUAL).isoformat()}))


@blueprint.post("/<int:invoice_id>/holds")
@access.require("invoices.hold")
@writes
def hold(invoice_id: int) -> Response:
    """Place the hold; the cycle leaves the document alone until the end of the chosen day."""
    invoice, form, branch = invoice_of_branch(invoice_id), Typed.sent(), access.current_branch()
    kind, until = form.text("kind"), form.day("until")
    placed: list[int] = []
    if until and not _today() <= until <= _today() + FARTHEST:
        form.errors["until"] = _l("Choose a day from today on, within a year.")
    _check_kind(form, kind)

    def work() -> None:
        end = clock.end_of_day(until or _today(), branch.timezone)
        found = holds.place_hold(branch, invoice_id, kind, reason_of(form), access.current_actor(), clock.now(),
                                 until_at=end)
        placed.append(found.invoice_id)

    if not attempt(form, work):
        return _form(invoice, form, 422)
    if placed[0] != invoice_id:
        htmx.toast(_("The deadline had passed: the hold stands on the replacement."), "warning")
    else:
        htmx.toast(_("On hold."))
    return to_page(placed[0])


def _check_kind(form: Typed, kind: str) -> None:
    if kind not in KINDS:
        form.errors["kind"] = _l("Choose why it is put on hold.")
    elif kind in holds.NEED_APPROVAL and not access.can("invoices.approve"):
        form.errors["kind"] = _l("A manager has to approve this.")


@blueprint.post("/<int:invoice_id>/holds/<int:hold_id>/release")
@access.require("invoices.hold")
@writes
def release_hold(invoice_id: int, hold_id: int) -> Response:
    """End a hold now. One that a payment placed ends with that payment alone."""
    invoice_of_branch(invoice_id)
    found = access.scoped(InvoiceHold, hold_id)
    if found.invoice_id != invoice_id:
        raise NotFound(_l("There is no such hold on this document."))
    if found.source and not found.source.startswith("request:"):
        raise Refusal(_l("A payment under way holds it: it ends when the payment is settled or fails."))
    holds.release_hold(found, access.current_actor(), clock.now())
    htmx.toast(_("Released."))
    return to_page(invoice_id)
