"""Series of documents and ways of taxing a line."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, ValidationError

from fastoffice import htmx, money
from fastoffice.blueprints.forms import StaffForm, WholeNumber, at_most, attempt, between, chosen, needed, options
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries, service
from fastoffice.branches.rules import format_number
from fastoffice.identity import access

KIND_NAMES = {"invoice": _l("Invoices"), "receipt": _l("Receipts")}
PPM_PER_PERCENT = 10_000


class SeriesForm(StaffForm):
    """A new series; it takes over from the one before."""

    kind = SelectField(_l("For"), [chosen()], choices=options(KIND_NAMES.items()))
    prefix = StringField(_l("Prefix"), [needed(), at_most(12)])
    digits = WholeNumber(_l("Figures"), [chosen(), between(1, 10)], default=6)
    yearly = BooleanField(_l("Start at 1 each year"))


class PercentField(StringField):
    """A rate such as 16 or 10.6667; `ppm` is in parts per million, None when empty."""

    @property
    def ppm(self) -> int | None:
        """The rate in parts per million."""
        text = (self.data or "").replace("%", "").replace(",", ".").strip()
        return int(Decimal(text) * PPM_PER_PERCENT) if text else None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Up to four decimals, at most 100."""
        text = (self.data or "").replace("%", "").replace(",", ".").strip()
        if text and (not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", text) or Decimal(text) > 100):
            raise ValidationError(str(_l("Write a rate like 16 or 10.6667.")))


class TaxForm(StaffForm):
    """A new way of taxing."""

    code = StringField(_l("Code"), [needed(), at_most(20)])
    name = StringField(_l("Name"), [needed(), at_most(80)])
    vat = PercentField(_l("VAT"), description=_l("In percent; empty: exempt."))
    isr_withheld = PercentField(_l("ISR withheld"))
    vat_withheld = PercentField(_l("VAT withheld"))


def _series_context() -> dict[str, Any]:
    rows = queries.all_series(access.current_branch().id)
    return {"kinds": KIND_NAMES, "rows": [
        {"series": series, "next": format_number(series.prefix, series.digits, year, number)}
        for series, year, number in rows
    ]}


@blueprint.get("/series")
@access.require("settings.view")
def series() -> Response:
    """All series, those in use first."""
    return page("series", form=SeriesForm(), **_series_context())


@blueprint.post("/series")
@access.require("settings.edit")
@writes
def add_series() -> Response:
    """Begin a series."""
    form = SeriesForm()
    status = attempt(form, lambda: service.add_series(
        access.current_actor(), access.current_branch(), kind=form.kind.data, prefix=form.prefix.data or "",
        digits=form.digits.data or 0, yearly=form.yearly.data))
    if status:
        return page("series", form=form, status=status, **_series_context())
    htmx.toast(_("Documents are numbered with this series from now on."))
    return htmx.redirect(url_for("settings.series"))


@blueprint.post("/series/<int:series_id>/use")
@access.require("settings.edit")
@writes
def use_series(series_id: int) -> Response:
    """Go back to a series."""
    service.use_series(access.current_actor(), access.current_branch(), series_id)
    htmx.toast(_("Documents are numbered with this series from now on."))
    return htmx.redirect(url_for("settings.series"))


def percent(ppm: int | None) -> str:
    """"16 %", "10.6667 %"; a dash for none at all."""
    return money.percent(ppm) if ppm is not None else "—"


def _tax_context() -> dict[str, Any]:
    return {"rows": queries.tax_profiles(access.current_branch().id, active=False), "percent": percent}


@blueprint.get("/taxes")
@access.require("settings.view")
def taxes() -> Response:
    """All tax profiles."""
    return page("taxes", form=TaxForm(), **_tax_context())


@blueprint.post("/taxes")
@access.require("settings.edit")
@writes
def add_tax() -> Response:
    """Add a tax profile."""
    form = TaxForm()
    status = attempt(form, lambda: service.add_tax_profile(
        access.current_actor(), access.current_branch(), code=form.code.data or "", name=form.name.data or "",
        vat_ppm=form.vat.ppm, isr_withheld_ppm=form.isr_withheld.ppm or 0,
        vat_withheld_ppm=form.vat_withheld.ppm or 0))
    if status:
        return page("taxes", form=form, status=status, **_tax_context())
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.taxes"))


@blueprint.post("/taxes/<int:profile_id>/default")
@access.require("settings.edit")
@writes
def default_tax(profile_id: int) -> Response:
    """Make it the one for new lines."""
    service.make_default(access.current_actor(), access.current_branch(), profile_id)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.taxes"))


@blueprint.post("/taxes/<int:profile_id>/use")
@access.require("settings.edit")
@writes
def switch_tax(profile_id: int) -> Response:
    """Offer it, or no longer."""
    active = request.form.get("active") == "y"
    service.switch_tax_profile(access.current_actor(), access.current_branch(), profile_id, active=active)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.taxes"))
