"""Lines of a draft: changed, added, taken off, with the document's totals while one types."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import htmx, money
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.queries import drafts
from fastoffice.billing.rules.amounts import TaxRates, line_subtotal
from fastoffice.billing.service import adjusting
from fastoffice.billing.service.adjusting import LineChange
from fastoffice.blueprints.quantities import quantity_text, read_quantity
from fastoffice.blueprints.staff.invoices.base import attempt, blueprint, dialog, invoice_of_branch, to_page
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries as branches
from fastoffice.branches.models import TaxProfile
from fastoffice.errors import NotFound
from fastoffice.folding import clean_text
from fastoffice.identity import access


def read_line(form: Typed, suffix: str = "", *, two_prices: bool = True) -> LineChange:
    """A line as typed; what is wrong with it is noted on the form. "discount" turns the prices negative."""
    names = {key: f"{key}{suffix}" for key in ("description", "quantity", "prompt", "list", "sign")}
    description = clean_text(form.text(names["description"]))
    if not description or len(description) > 300:
        form.errors[names["description"]] = _l("Write what is charged, in at most 300 characters.")
    quantity = read_quantity(form, names["quantity"])
    prompt = form.money(names["prompt"])
    listed = two_prices and form.text(names["list"]).strip()
    at_list = form.money(names["list"]) if listed else prompt
    if form.text(names["sign"]) == "discount":
        prompt, at_list = -abs(prompt), -abs(at_list)
    if max(abs(line_subtotal(unit, quantity)) for unit in (prompt, at_list)) > money.MAX_MINOR:
        form.errors[names["prompt"]] = _l("That amount is too large.")
    return LineChange(description, quantity, prompt, at_list)


def draft_of_branch(invoice_id: int) -> Invoice:
    """The document, as long as it can be edited. Raises NotFound, NotADraft."""
    draft = invoice_of_branch(invoice_id)
    if draft.status != "draft" or not draft.live:
        raise adjusting.NotADraft
    return draft


def line_of(draft: Invoice, line_id: int) -> InvoiceLine:
    """One line of the draft. Raises NotFound: it was taken off, or is another document's."""
    found = next((line for line in draft.lines if line.id == line_id), None)
    if found is None:
        raise NotFound(_l("That line is not on the draft any more."))
    return found


def profile_typed(form: Typed, profiles: list[TaxProfile], name: str = "tax") -> TaxProfile:
    """The chosen tax profile; a strange one is noted on the form."""
    chosen = form.text(name)
    found = next((each for each in profiles if str(each.id) == chosen), None)
    if found is None:
        form.errors[name] = _l("Choose how it is taxed.")
    return found or profiles[0]


def rates_of_profile(profile: TaxProfile) -> TaxRates:
    """A profile's rates as the rules take them."""
    return TaxRates(profile.name, profile.vat_ppm, profile.isr_withheld_ppm, profile.vat_withheld_ppm)


def _typed_line(draft: Invoice, line: InvoiceLine) -> Typed:
    return Typed({"version": draft.version, "description": line.description,
                  "quantity": quantity_text(line.quantity_milli), "prompt": money.plain(line.prompt_unit),
                  "list": money.plain(line.list_unit)})


def _line_form(draft: Invoice, form: Typed, *, line: InvoiceLine | None = None, status: int = 200) -> Response:
    profiles = branches.tax_profiles(draft.branch_id) if line is None else []
    now = {"description": line.description, "prompt": line.prompt_unit, "list": line.list_unit,
           "quantity": quantity_text(line.quantity_milli)} if line and form.notes else None
    action = url_for("invoices.adjust_line", invoice_id=draft.id, line_id=line.id) if line else url_for(
        "invoices.add_line", invoice_id=draft.id)
    return dialog("_line.html", status=status, invoice=draft, form=form, line=line, profiles=profiles, action=action,
                  now=now, totals=(draft.total, draft.list_total),
                  preview=url_for("invoices.preview_line", invoice_id=draft.id, line_id=line.id if line else 0))


@blueprint.get("/<int:invoice_id>/lines/<int:line_id>")
@access.require("invoices.adjust")
def edit_line(invoice_id: int, line_id: int) -> Response:
    """The form of one line."""
    draft = draft_of_branch(invoice_id)
    line = line_of(draft, line_id)
    return _line_form(draft, _typed_line(draft, line), line=line)


@blueprint.post("/<int:invoice_id>/lines/<int:line_id>")
@access.require("invoices.adjust")
@writes
def adjust_line(invoice_id: int, line_id: int) -> Response:
    """Save one line, if nobody was faster."""
    invoice_of_branch(invoice_id)
    form = Typed.sent()
    change = read_line(form)

    def work() -> None:
        draft = adjusting.open_draft(access.current_branch().id, invoice_id, None)
        line = line_of(draft, line_id)
        if change == LineChange(line.description, line.quantity_milli, line.prompt_unit, line.list_unit):
            return
        _same_version(draft, form)
        adjusting.adjust_line(draft, line, change, access.current_actor())

    if attempt(form, work, amount="prompt"):
        htmx.toast(_("Saved."))
        return to_page(invoice_id)
    return _refused(invoice_id, form, line_id)


def _same_version(draft: Invoice, form: Typed) -> None:
    if draft.version != form.number("version"):
        raise adjusting.ChangedMeanwhile


def _refused(invoice_id: int, form: Typed, line_id: int = 0) -> Response:
    """The form as it was typed, with the version of now: who saves again has read what it says now."""
    draft = invoice_of_branch(invoice_id)
    if form.notes:
        form.values["version"] = draft.version
    line = next((line for line in draft.lines if line.id == line_id), None)
    if line is None:  # a new one, or one that was taken off meanwhile: what was typed can still be added
        form.values.setdefault("sign", "charge")
        form.values.setdefault("tax", branches.tax_profiles(draft.branch_id)[0].id)
    return _line_form(draft, form, line=line, status=422)


@blueprint.get("/<int:invoice_id>/lines/new")
@access.require("invoices.adjust")
def new_line(invoice_id: int) -> Response:
    """The form of a one-off charge or discount."""
    draft = draft_of_branch(invoice_id)
    first = branches.tax_profiles(draft.branch_id)[0]
    return _line_form(draft, Typed({"version": draft.version, "quantity": "1", "sign": "charge", "tax": first.id}))


@blueprint.post("/<int:invoice_id>/lines")
@access.require("invoices.adjust")
@writes
def add_line(invoice_id: int) -> Response:
    """Add a one-off charge or discount; the same form pressed twice adds one."""
    branch_id = invoice_of_branch(invoice_id).branch_id
    form = Typed.sent()
    change = read_line(form)
    profile = profile_typed(form, branches.tax_profiles(branch_id))

    def work() -> None:
        draft = adjusting.open_draft(branch_id, invoice_id, None)
        if draft.version == form.number("version") + 1 and _is_there(draft, change):
            return
        _same_version(draft, form)
        adjusting.add_line(draft, change, profile, access.current_actor())

    if attempt(form, work, amount="prompt"):
        htmx.toast(_("Saved."))
        return to_page(invoice_id)
    return _refused(invoice_id, form)


def _is_there(draft: Invoice, change: LineChange) -> bool:
    last = draft.lines[-1] if draft.lines else None
    return last is not None and last.kind == "adjustment" and change == LineChange(
        last.description, last.quantity_milli, last.prompt_unit, last.list_unit)


@blueprint.post("/<int:invoice_id>/lines/<int:line_id>/removal")
@access.require("invoices.adjust")
@writes
def remove_line(invoice_id: int, line_id: int) -> Response:
    """Take a line off; again without harm."""
    branch_id = invoice_of_branch(invoice_id).branch_id
    form = Typed.sent()

    def work() -> None:
        draft = adjusting.open_draft(branch_id, invoice_id, None)
        line = next((line for line in draft.lines if line.id == line_id), None)
        if line is not None:
            _same_version(draft, form)
            adjusting.remove_line(draft, line, access.current_actor())

    if not attempt(form, work):
        htmx.toast(str(next(iter([*form.notes, *form.errors.values()]))), "error")
    return to_page(invoice_id)


@blueprint.post("/<int:invoice_id>/lines/<int:line_id>/totals")
@access.require("invoices.adjust")
def preview_line(invoice_id: int, line_id: int) -> Response:
    """Both totals of the draft if what is typed were saved; nothing while it can't be read. Writes nothing."""
    draft = draft_of_branch(invoice_id)
    form = Typed.sent()
    change = read_line(form)
    line = line_of(draft, line_id) if line_id else None
    rates = adjusting.rates_of(line) if line else rates_of_profile(
        profile_typed(form, branches.tax_profiles(draft.branch_id)))
    wrong = set(form.errors) - {"description"}
    totals = None if wrong else drafts.totals_with(draft, change, rates, line_id or None)
    return dialog("_totals.html", invoice=draft, totals=totals)
