"""Prices of a service by date."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice.billing.queries import contracts as billing
from fastoffice.blueprints.staff.contracts.base import (
    blueprint,
    contract_of_branch,
    counted_from,
    dialog,
    done,
    line_of,
    today,
)
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.contracts import rules
from fastoffice.contracts.models import Contract, ContractLine
from fastoffice.contracts.service import lines as service
from fastoffice.contracts.service.lines import PriceChange
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import access
from fastoffice.money import plain


def _form(contract: Contract, line: ContractLine, typed: Typed, *, status: int = 200) -> Response:
    return dialog("_price.html", contract, status=status, line=line, form=typed,
                  currency=access.current_branch().currency, issued_to=billing.issued_to(contract.id),
                  now=rules.price_on(line.prices, today()))


@blueprint.get("/<int:contract_id>/lines/<int:line_id>/prices/new")
@access.require("prices.edit")
def new_price(contract_id: int, line_id: int) -> Response:
    """The prices as they are, from the first month that is not out."""
    contract = contract_of_branch(contract_id)
    line = line_of(contract, line_id)
    issued = billing.issued_to(contract.id)
    begins = max(rules.first_of_next_month(max(issued or today(), today())), line.starts_on or contract.starts_on)
    known = rules.price_on(line.prices, begins) or line.prices[0]
    typed = Typed({
        "version": contract.version, "valid_from": begins.isoformat(),
        "prompt_price": plain(known.prompt_price), "list_price": plain(known.list_price)})
    return _form(contract, line, typed)


@blueprint.post("/<int:contract_id>/lines/<int:line_id>/prices")
@access.require("prices.edit")
@writes
def add_price(contract_id: int, line_id: int) -> Response:
    """Agree new prices; say from which bill on they count."""
    contract, typed = contract_of_branch(contract_id), Typed.sent()
    line, day = line_of(contract, line_id), typed.day("valid_from")
    prompt, listed = typed.money("prompt_price"), typed.money("list_price")
    if typed.errors or day is None:
        return _form(contract, line, typed, status=422)
    try:
        counts = service.change_price(
            access.current_actor(), line, PriceChange(day, prompt, listed),
            issued_to=billing.issued_to(contract.id), today=today(), version=typed.number("version"))
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(contract, line, typed, status=422)
    return done(contract, counted_from(counts))


@blueprint.post("/<int:contract_id>/lines/<int:line_id>/prices/<int:price_id>/removal")
@access.require("prices.edit")
@writes
def drop_price(contract_id: int, line_id: int, price_id: int) -> Response:
    """Take back a change that nothing was billed at."""
    contract = contract_of_branch(contract_id)
    line = line_of(contract, line_id)
    price = next((price for price in line.prices if price.id == price_id), None)
    if price is None:
        raise NotFound(_l("There is no such record in this branch."))
    service.drop_price(access.current_actor(), price, issued_to=billing.issued_to(contract.id), today=today())
    return done(contract, _("The change of prices was taken back."))
