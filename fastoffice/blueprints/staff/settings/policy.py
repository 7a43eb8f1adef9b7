"""The numbers of the monthly cycle."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField, TextAreaField, ValidationError

from fastoffice import htmx
from fastoffice.blueprints import words
from fastoffice.blueprints.forms import (
    HourField,
    StaffForm,
    WholeNumber,
    at_most,
    attempt,
    between,
    chosen,
    options,
)
from fastoffice.blueprints.staff.settings.branch import version_of
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.branches import service
from fastoffice.branches.rules import CHANNELS, METHODS
from fastoffice.identity import access

METHOD_NAMES = {"transfer": _l("Transfer"), "cash": _l("Cash"), "pos": _l("Card at reception"),
                "cheque": _l("Cheque"), "other": _l("Other")}


class PolicyForm(StaffForm):
    """BranchPolicy as people fill it in."""

    version = HiddenField()
    prompt_days = WholeNumber(_l("Prompt price until day"), [chosen(), between(1, 28)],
                              description=_l("Day of the month on which the prompt price ends, at midnight."))
    minimum_days = WholeNumber(_l("At least so many days"), [chosen(), between(1, 28)],
                               description=_l("Counted from the day of issue, which is the first."))
    list_days = WholeNumber(_l("Days to pay at list price"), [chosen(), between(0, 60)])
    business_days = BooleanField(_l("Count business days only"))
    extend_on_holiday = BooleanField(_l("When the last day is a holiday, the next one counts"))
    auto_issue_at = HourField(_l("Issue by itself at"), description=_l("Empty: somebody issues by hand."))
    auto_issue_day = WholeNumber(_l("On day"), [chosen(), between(1, 5)])
    reminder_days = StringField(_l("Reminders on days"), [at_most(40)],
                                description=_l("Days of the month, e.g. 3, 5. Empty: none."))
    reminder_at = HourField(_l("Reminders at"), [chosen()])
    prorate = BooleanField(_l("Charge by days when a contract starts or ends inside the month"))
    apply_credit = BooleanField(_l("Use the client's credit when an invoice is issued"))
    default_channels = SelectMultipleField(_l("Delivery when a contract says nothing"), validate_choice=False,
                                           choices=options((name, words.CHANNELS[name]) for name in CHANNELS))
    payment_methods = SelectMultipleField(_l("Means of payment on the invoice"), validate_choice=False,
                                          choices=options((name, METHOD_NAMES[name]) for name in METHODS))
    mails_per_minute = WholeNumber(_l("Mails per minute, at most"), [chosen(), between(1, 6_000)])
    invoice_note = TextAreaField(_l("Note at the foot of invoices"), [at_most(500)])

    def validate_reminder_days(self, field: StringField) -> None:
        """Figures and commas only."""
        if not re.fullmatch(r"[\d\s,;]*", field.data or ""):
            raise ValidationError(str(_l("Write days like 3, 5.")))

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        values = {name: self[name].data for name in service.settings.POLICY_FIELDS}
        values["reminder_days"] = [int(day) for day in re.findall(r"\d{1,4}", self.reminder_days.data or "")]
        values["invoice_note"] = (self.invoice_note.data or "").strip()
        return values


def _context() -> dict[str, Any]:
    return {"channels": words.CHANNELS, "methods": METHOD_NAMES}


@blueprint.get("/policy")
@access.require("settings.view")
def policy() -> Response:
    """The policy in force."""
    row = access.current_branch().policy
    form = PolicyForm(obj=row)
    form.reminder_days.data = ", ".join(str(day) for day in row.reminder_days)
    return page("policy", form=form, **_context())


@blueprint.post("/policy")
@access.require("settings.edit")
@writes
def save_policy() -> Response:
    """Save the policy; the second of two tabs is told."""
    row, form = access.current_branch().policy, PolicyForm()
    status = attempt(form, lambda: service.save_policy(
        access.current_actor(), row, form.values(), version_of(form)))
    if status:
        return page("policy", form=form, status=status, **_context())
    htmx.toast(_("Saved. It holds for what is issued from now on."))
    return htmx.redirect(url_for("settings.policy"))
