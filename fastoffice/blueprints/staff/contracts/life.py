"""Suspending, resuming, ending, renewing and withdrawing, each in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice.billing.queries import contracts as billing
from fastoffice.blueprints.staff.contracts.base import blueprint, contract_of_branch, dialog, done, today
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.contracts.errors import OfficeTaken
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service import lifecycle
from fastoffice.errors import Conflict, Refusal
from fastoffice.identity import access
from fastoffice.locale import date_long


@dataclass(frozen=True)
class Verb:
    """What a dialog asks: `day` is its field's label, "" for none; `warn` colours the button."""

    endpoint: str
    title: Any
    text: Any
    day: Any
    button: Any
    warn: bool = False
    day_optional: bool = False


SUSPEND = Verb("contracts.suspend", _l("Suspend the contract"), _l("It is not billed from that day until it resumes."),
               _l("First day that is not billed"), _l("Suspend"))
RESUME = Verb("contracts.resume", _l("Resume the contract"), _l("The days in between stay unbilled."),
              _l("First day that is billed again"), _l("Resume"))
END = Verb("contracts.end", _l("End the contract"), _l("The last day is billed; the month is pro-rated."),
           _l("Last day"), _l("End"), warn=True)
RENEW = Verb("contracts.renew", _l("Renew the contract"),
             _l("It goes on from the day after its present end, at the prices that hold then."),
             _l("New last day (empty: no end)"), _l("Renew"), day_optional=True)
WITHDRAW = Verb("contracts.withdraw", _l("Withdraw the contract"),
                _l("For a contract written by mistake: it is never billed. This can't be undone."),
                "", _l("Withdraw"), warn=True)

Act = Callable[[Contract, date | None, Typed], str]


def _ask(contract_id: int, verb: Verb, day: date | None = None) -> Response:
    contract = contract_of_branch(contract_id)
    typed = Typed({"version": contract.version, "day": day.isoformat() if day else ""})
    return dialog("_life.html", contract, verb=verb, form=typed)


def _act(contract_id: int, verb: Verb, act: Act) -> Response:
    """Do it, or show the dialog again with the reason."""
    contract, typed = contract_of_branch(contract_id), Typed.sent()
    day = typed.day("day", required=not verb.day_optional) if verb.day else None
    if typed.errors:
        return dialog("_life.html", contract, status=422, verb=verb, form=typed)
    try:
        message = act(contract, day, typed)
    except OfficeTaken as taken:
        return dialog("_life.html", contract, status=422, verb=verb, form=typed, others=taken.others)
    except (Refusal, Conflict) as refusal:
        typed.refuse(refusal)
        return dialog("_life.html", contract, status=422, verb=verb, form=typed)
    return done(contract, message)


@blueprint.get("/<int:contract_id>/suspension")
@access.require("contracts.edit")
def ask_suspend(contract_id: int) -> Response:
    """From when?"""
    return _ask(contract_id, SUSPEND, today())


@blueprint.post("/<int:contract_id>/suspension")
@access.require("contracts.edit")
@writes
def suspend(contract_id: int) -> Response:
    """Stop billing from a day on."""

    def act(contract: Contract, day: date | None, typed: Typed) -> str:
        lifecycle.suspend_contract(access.current_actor(), contract, day or today(), today=today(),
                                   version=typed.number("version"))
        return _("Suspended from %(day)s.", day=date_long(day or today()))

    return _act(contract_id, SUSPEND, act)


@blueprint.get("/<int:contract_id>/resumption")
@access.require("contracts.edit")
def ask_resume(contract_id: int) -> Response:
    """From when?"""
    return _ask(contract_id, RESUME, today())


@blueprint.post("/<int:contract_id>/resumption")
@access.require("contracts.edit")
@writes
def resume(contract_id: int) -> Response:
    """Bill again from a day on."""

    def act(contract: Contract, day: date | None, typed: Typed) -> str:
        lifecycle.resume_contract(access.current_actor(), contract, day or today(), today=today(),
                                  version=typed.number("version"))
        return _("Billed again from %(day)s.", day=date_long(day or today()))

    return _act(contract_id, RESUME, act)


@blueprint.get("/<int:contract_id>/end")
@access.require("contracts.edit")
def ask_end(contract_id: int) -> Response:
    """When?"""
    return _ask(contract_id, END, today())


@blueprint.post("/<int:contract_id>/end")
@access.require("contracts.edit")
@writes
def end(contract_id: int) -> Response:
    """Agree the last day; say so when documents beyond it are out."""

    def act(contract: Contract, day: date | None, typed: Typed) -> str:
        last = day or today()
        lifecycle.end_contract(access.current_actor(), contract, last, today=today(),
                               version=typed.number("version"))
        issued = billing.issued_to(contract.id)
        if issued is not None and last < issued:
            return _("It ends on %(day)s. Its invoice until %(issued)s is out already and stays as it is.",
                     day=date_long(last), issued=date_long(issued))
        return _("It ends on %(day)s.", day=date_long(last))

    return _act(contract_id, END, act)


@blueprint.get("/<int:contract_id>/renewal")
@access.require("contracts.edit")
def ask_renew(contract_id: int) -> Response:
    """Until when?"""
    contract = contract_of_branch(contract_id)
    return _ask(contract_id, RENEW, _a_year_later(contract.ends_on))


@blueprint.post("/<int:contract_id>/renewal")
@access.require("contracts.edit")
@writes
def renew(contract_id: int) -> Response:
    """Go on to a later last day."""

    def act(contract: Contract, day: date | None, typed: Typed) -> str:
        lifecycle.renew_contract(access.current_actor(), contract, day, today=today(),
                                 version=typed.number("version"), shared_office=typed.on("shared_office"))
        return _("Renewed until %(day)s.", day=date_long(day)) if day else _("Renewed without a last day.")

    return _act(contract_id, RENEW, act)


def _a_year_later(day: date | None) -> date | None:
    if day is None:
        return None
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28) if leap_day else day.replace(year=day.year + 1)


@blueprint.get("/<int:contract_id>/withdrawal")
@access.require("contracts.edit")
def ask_withdraw(contract_id: int) -> Response:
    """Sure?"""
    return _ask(contract_id, WITHDRAW)


@blueprint.post("/<int:contract_id>/withdrawal")
@access.require("contracts.edit")
@writes
def withdraw(contract_id: int) -> Response:
    """Take back a contract that was never billed."""

    def act(contract: Contract, _day: date | None, typed: Typed) -> str:
        lifecycle.withdraw_contract(access.current_actor(), contract, billed=billing.was_billed(contract.id),
                                    today=today(), version=typed.number("version"))
        return _("The contract is withdrawn.")

    return _act(contract_id, WITHDRAW, act)
