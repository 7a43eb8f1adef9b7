"""By hand: cancelling a document, writing off what will not come."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.billing.errors import CannotBecome
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.states import may_become
from fastoffice.billing.service import cancelling
from fastoffice.blueprints.staff.invoices.base import attempt, blueprint, dialog, invoice_of_branch, reason_of, to_page
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.payments.service.online import clearing


def _form(fragment: str, invoice: Invoice, form: Typed, status: int = 200) -> Response:
    return dialog(fragment, status=status, invoice=invoice, form=form)


def _start(invoice_id: int, target: str) -> Invoice:
    """The document, if it may still end this way. Raises NotFound, CannotBecome."""
    invoice = invoice_of_branch(invoice_id)
    if invoice.status == "draft" or not may_become(invoice.status, target):
        raise CannotBecome(invoice.number or "", invoice.status)
    return invoice


def _refused(fragment: str, invoice_id: int, form: Typed) -> Response:
    invoice = invoice_of_branch(invoice_id)
    form.values["version"] = invoice.version
    return _form(fragment, invoice, form, 422)


def _still_payable(fragment: str, invoice_id: int) -> Response | None:
    """What can be paid online is closed first, outside of any unit; the form again while that can't be done."""
    form, key = Typed.sent(), invoice_of_branch(invoice_id).id
    try:
        if reason_of(form):
            clearing.close_pages([key], clock.now())
    except Refusal as refusal:
        form.refuse(refusal)
        return _refused(fragment, key, form)
    return None


@blueprint.get("/<int:invoice_id>/cancellation")
@access.require("invoices.cancel")
def confirm_cancellation(invoice_id: int) -> Response:
    """What cancelling will do, and why it is done."""
    invoice = _start(invoice_id, "cancelled")
    return _form("_cancellation.html", invoice, Typed({"version": invoice.version}))


@blueprint.post("/<int:invoice_id>/cancellation")
@access.require("invoices.cancel")
def cancel(invoice_id: int) -> Response:
    """Cancel with reason; pressed twice it is cancelled once."""
    return _still_payable("_cancellation.html", invoice_id) or _cancel(invoice_id)


@writes
def _cancel(invoice_id: int) -> Response:
    invoice, form, branch = invoice_of_branch(invoice_id), Typed.sent(), access.current_branch()
    reason = reason_of(form)
    if invoice.cancel_kind == "manual" and invoice.cancel_reason == reason:
        return to_page(invoice_id)

    def work() -> None:
        if invoice.status == "draft":
            raise CannotBecome("", invoice.status)
        cancelling.cancel_invoice(branch, invoice, reason, access.current_actor(), clock.now(),
                                  version=form.number("version"), money_to_credit=form.on("money_to_credit"))

    if not attempt(form, work):
        return _refused("_cancellation.html", invoice_id, form)
    htmx.toast(_("Cancelled. The client gets the cancellation."))
    return to_page(invoice_id)


@blueprint.get("/<int:invoice_id>/write-off")
@access.require("invoices.write_off")
def confirm_write_off(invoice_id: int) -> Response:
    """What is given up, and why."""
    invoice = _start(invoice_id, "written_off")
    return _form("_write_off.html", invoice, Typed({"version": invoice.version}))


@blueprint.post("/<int:invoice_id>/write-off")
@access.require("invoices.write_off")
def write_off(invoice_id: int) -> Response:
    """Give up what is left; pressed twice it is given up once."""
    return _still_payable("_write_off.html", invoice_id) or _write_off(invoice_id)


@writes
def _write_off(invoice_id: int) -> Response:
    invoice, form, branch = invoice_of_branch(invoice_id), Typed.sent(), access.current_branch()
    reason = reason_of(form)
    if invoice.status == "written_off" and invoice.cancel_reason == reason:
        return to_page(invoice_id)

    def work() -> None:
        if invoice.status == "draft":
            raise CannotBecome("", invoice.status)
        cancelling.write_off(branch, invoice, reason, access.current_actor(), clock.now(),
                             version=form.number("version"))

    if not attempt(form, work):
        return _refused("_write_off.html", invoice_id, form)
    htmx.toast(_("Written off."))
    return to_page(invoice_id)
