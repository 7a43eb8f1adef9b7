"""Days and prices of the branch's mail room."""

from __future__ import annotations

import re
from datetime import time

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import htmx, money
from fastoffice.blueprints.staff.mail.base import attempt, blueprint
from fastoffice.blueprints.typed import Typed
from fastoffice.identity import access
from fastoffice.mailroom import service
from fastoffice.mailroom.service import loading
from fastoffice.sent import version_in

PRICES = ("fee_per_day", "price_forward", "price_scan", "price_hold", "price_destroy")
DAYS = ("free_days", "hold_days", "photo_days")


@blueprint.get("/policy")
@access.require("settings.view")
def policy() -> Response:
    """What holds now."""
    row = loading.policy_of(access.current_branch().id)
    values = {name: money.plain(getattr(row, name)) for name in PRICES}
    values |= {name: str(getattr(row, name)) for name in DAYS}
    return _page(Typed({**values, "reminder_days": ", ".join(str(day) for day in row.reminder_days),
                        "reminder_at": f"{row.reminder_at:%H:%M}", "version": row.version}))


@blueprint.post("/policy")
@access.require("settings.edit")
def save_policy() -> Response:
    """Save it; what clients asked before keeps its price."""
    form, actor = Typed.sent(), access.current_actor()
    data, version = _read(form), version_in(form.text("version"))
    status = attempt(form, lambda branch: service.save_policy(branch, data, version, actor))
    if status is not None:
        return _page(form, status)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("mail.policy"))


def _read(form: Typed) -> service.PolicyData:
    prices = {name: form.money(name) for name in PRICES}
    days = {name: _whole(form, name) for name in DAYS}
    if not re.fullmatch(r"[\d\s,;]{0,60}", form.text("reminder_days"), re.ASCII):
        form.errors["reminder_days"] = _l("Write days like 3, 5.")
    reminders = tuple(int(day) for day in re.findall(r"[0-9]{1,4}", form.text("reminder_days")))
    return service.PolicyData(reminder_days=reminders, reminder_at=_hour(form), **prices, **days)


def _hour(form: Typed) -> time:
    try:
        return time.fromisoformat(form.text("reminder_at").strip()[:5])
    except ValueError:
        form.errors["reminder_at"] = _l("Write an hour like 09:00.")
        return time(0)


def _whole(form: Typed, name: str) -> int:
    text = form.text(name).strip()
    if not re.fullmatch(r"[0-9]{1,4}", text):
        form.errors[name] = _l("Write a whole number.")
        return 0
    return int(text)


def _page(form: Typed, status: int = 200) -> Response:
    template = "staff/mail/policy.html"
    return htmx.page_or_fragment(template, template, status=status, form=form, branch=access.current_branch())
