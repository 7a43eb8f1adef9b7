"""Services of a contract: adding, changing, ending."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from fastoffice.blueprints.staff.contracts.base import (
    blueprint,
    contract_of_branch,
    dialog,
    done,
    line_of,
    today,
)
from fastoffice.blueprints.staff.contracts.fields import line_data
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries as branches
from fastoffice.contracts import rules
from fastoffice.contracts.checks import LineData
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service import lines as service
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.locale import date_long

DAYS = {"line_starts_on": "starts_on", "line_ends_on": "ends_on"}


def _form(contract: Contract, typed: Typed, *, status: int = 200, line: Any = None) -> Response:
    branch = access.current_branch()
    return dialog("_line.html", contract, status=status, form=typed, line=line, currency=branch.currency,
                  profiles=branches.tax_profiles(branch.id))


@blueprint.get("/<int:contract_id>/lines/new")
@access.require("contracts.edit")
def new_line(contract_id: int) -> Response:
    """An empty service that begins next month."""
    contract = contract_of_branch(contract_id)
    begins = max(rules.first_of_next_month(today()), contract.starts_on)
    return _form(contract, Typed({"version": contract.version, "starts_on": begins.isoformat(), "prorate": "y"}))


@blueprint.post("/<int:contract_id>/lines")
@access.require("contracts.edit")
@writes
def add_line(contract_id: int) -> Response:
    """Add it."""
    contract, typed = contract_of_branch(contract_id), Typed.sent()
    data = line_data(typed)
    starts_on, ends_on = typed.day("starts_on"), typed.day("ends_on", required=False)
    if typed.errors:
        return _form(contract, typed, status=422)
    data = LineData(data.description, data.prompt_price, data.list_price, data.tax_profile_id, data.prorate,
                    starts_on, ends_on)
    try:
        line = service.add_line(
            access.current_actor(), contract, data, today=today(), version=typed.number("version"))
    except Refusal as refusal:
        typed.refuse(refusal, **DAYS)
        return _form(contract, typed, status=422)
    return done(contract, _("“%(service)s” is part of the contract.", service=line.description))


@blueprint.get("/<int:contract_id>/lines/<int:line_id>/edit")
@access.require("contracts.edit")
def edit_line(contract_id: int, line_id: int) -> Response:
    """Name, taxes and pro-rating of a service."""
    contract = contract_of_branch(contract_id)
    line = line_of(contract, line_id)
    typed = Typed({"version": contract.version, "description": line.description,
                   "tax_profile_id": line.tax_profile_id, "prorate": "y" if line.prorate else ""})
    return _form(contract, typed, line=line)


@blueprint.post("/<int:contract_id>/lines/<int:line_id>")
@access.require("contracts.edit")
@writes
def save_line(contract_id: int, line_id: int) -> Response:
    """Save it."""
    contract, typed = contract_of_branch(contract_id), Typed.sent()
    line = line_of(contract, line_id)
    try:
        service.edit_line(
            access.current_actor(), line, typed.text("description"), typed.number("tax_profile_id"),
            typed.on("prorate"), today=today(), version=typed.number("version"))
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(contract, typed, status=422, line=line)
    return done(contract, _("Saved."))


@blueprint.get("/<int:contract_id>/lines/<int:line_id>/end")
@access.require("contracts.edit")
def ask_end_line(contract_id: int, line_id: int) -> Response:
    """When does it end?"""
    contract = contract_of_branch(contract_id)
    typed = Typed({"version": contract.version, "day": today().isoformat()})
    return dialog("_line_end.html", contract, form=typed, line=line_of(contract, line_id))


@blueprint.post("/<int:contract_id>/lines/<int:line_id>/end")
@access.require("contracts.edit")
@writes
def end_line(contract_id: int, line_id: int) -> Response:
    """Agree the last day of a service."""
    contract, typed = contract_of_branch(contract_id), Typed.sent()
    line, day = line_of(contract, line_id), typed.day("day")
    if day is None:
        return dialog("_line_end.html", contract, status=422, form=typed, line=line)
    try:
        service.end_line(access.current_actor(), line, day, today=today(), version=typed.number("version"))
    except Refusal as refusal:
        typed.refuse(refusal)
        return dialog("_line_end.html", contract, status=422, form=typed, line=line)
    return done(contract, _("“%(service)s” ends on %(day)s.", service=line.description, day=date_long(day)))
