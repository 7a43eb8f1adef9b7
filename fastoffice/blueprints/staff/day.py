"""Mi día: the day's figures and what is to be done, from what the branch's books say now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from fastoffice import clock, htmx, locale, money
from fastoffice.billing.queries import day, periods
from fastoffice.billing.queries.periods import Summary
from fastoffice.billing.rules.periods import following, period_of
from fastoffice.blueprints.rooming import length_name
from fastoffice.blueprints.staff import day_desk
from fastoffice.blueprints.staff.billing_view import due_on
from fastoffice.blueprints.staff.day_desk import Task
from fastoffice.blueprints.staff.day_desk import task as _task
from fastoffice.branches.models import Branch
from fastoffice.contracts import queries as contracts
from fastoffice.identity.access import can, current_branch, require
from fastoffice.notifications import queries as outbox
from fastoffice.payments.queries import attempts

blueprint = Blueprint("day", __name__, url_prefix="/staff")
PAGE = "staff/day/show.html"
SOON_DAYS = 3  # to answer a dispute


@blueprint.get("/")
@require("day.view")
def show() -> Response:
    """The page a receptionist starts from."""
    branch, now = current_branch(), clock.now()
    return htmx.page_or_fragment(PAGE, PAGE, **day_context(branch, now))


def day_context(branch: Branch, now: datetime) -> dict[str, Any]:
    """Figures and to-dos, in a constant number of statements."""
    today = clock.local_date(now, branch.timezone)
    period = period_of(today)
    found = periods.summary(branch.id, period, now)
    ahead = periods.summary(branch.id, following(period), now)
    last = due_on(branch, period, found, now)
    owed = day.overdue(branch.id, today)
    failing = outbox.trouble(branch.id)
    check = day.last_check(branch.id)
    desk = day_desk.look(branch, now)
    return {
        "branch": branch, "today": today, "period": period, "found": found, "last": last,
        "ahead": ahead, "next_period": following(period),
        "window": _window(branch, today, last, found), "owed": owed, "is_new": _is_new(branch, today, found, ahead),
        "tasks": desk.now + _tasks(period, found, ahead, failing, check) + desk.today + _online(branch, now)
        + _calls(branch, today), "rooms": desk.rooms, "length_name": length_name,
        "shares": _shares(found), "open_window": clock.end_of_day(last, branch.timezone) > now, "failing": failing,
    }


def _is_new(branch: Branch, today: date, found: Summary, ahead: Summary) -> bool:
    """Nothing to bill, nothing billed, and no contract that could be."""
    return found == ahead == Summary() and not contracts.count_in_force(branch.id, today, date.max)


def _window(branch: Branch, today: date, last: date, found: Summary) -> str:
    """"Day 1 of 5 of the prompt price …"."""
    if today.day > branch.policy.prompt_days and not found.issued:
        return _("Nothing is issued in this month yet.")
    if today > last:
        return _("The prompt price of the month ended on %(day)s.", day=locale.date_long(last))
    return _("Day %(day)s of %(days)s of the prompt price · the window closes on %(last)s at 23:59",
             day=today.day, days=last.day if last.month == today.month else branch.policy.prompt_days,
             last=locale.date_long(last))


def _shares(found: Summary) -> list[tuple[int, str]]:
    """How much of the month's documents is paid, for the bar."""
    everything = found.open + found.paid
    return [(round(100 * found.paid / everything), "ok")] if everything else []


def _tasks(period: str, found: Summary, ahead: Summary, failing: Any, check: Any) -> list[Task]:
    tasks: list[Task] = []
    for month, summary in ((period, found), (following(period), ahead)):
        if summary.ready and can("invoices.issue"):
            text = _("Review and issue the invoices of %(month)s", month=locale.month_name(month))
            note = ngettext("%(num)d draft changed", "%(num)d drafts changed", summary.changed)
            tasks.append(_task(text, url_for("billing.month", period=month), note if summary.changed else "",
                               _("today") if month == period else _("ready"), "warn" if month == period else "mute"))
    if found.failed:
        tasks.append(_task(ngettext("%(num)d draft has an error", "%(num)d drafts have errors", found.failed),
                           url_for("billing.month", period=period, show="drafts"), "", _("error"), "bad"))
    if failing.failed:
        tasks.append(_task(ngettext("%(num)d message could not be delivered", "%(num)d messages could not be delivered",
                                    failing.failed), url_for("outbox.index", state="failed"), "", _("failed"), "bad"))
    if failing.to_print:
        tasks.append(_task(ngettext("Print and mail %(num)d letter", "Print and mail %(num)d letters",
                                    failing.to_print), url_for("outbox.index", channel="post"), "", _("post"), "info"))
    if failing.to_write:
        tasks.append(_task(ngettext("Send %(num)d WhatsApp message", "Send %(num)d WhatsApp messages",
                                    failing.to_write), url_for("outbox.index", channel="whatsapp"), "", _("WhatsApp"),
                           "info"))
    if check is not None and check.faults and can("ledger.view"):
        tasks.append(_task(_("The check of the books found faults"), url_for("ledger.index"), "", _("alarm"), "bad"))
    return tasks


def _online(branch: Branch, now: datetime) -> list[Task]:
    """What came of online payments that only a person can look at."""
    found, tasks = attempts.trouble(branch.id), []
    if found.disputes:
        left = (found.answer_by - now).days if found.answer_by else None
        note = _("answer in Stripe until %(day)s", day=locale.moment_local(found.answer_by, branch.timezone)
                 ) if found.answer_by else ""
        text = ngettext("%(num)d payment is disputed at the bank", "%(num)d payments are disputed at the bank",
                        found.disputes)
        tasks.append(_task(text, url_for("payments.online", show="disputed"), note, _("disputed"),
                           "bad" if left is None or left < SOON_DAYS else "warn"))
    if found.differences:
        tasks.append(_task(ngettext("%(num)d difference with Stripe to look at",
                                    "%(num)d differences with Stripe to look at", found.differences),
                           url_for("payments.differences"), "", _("differs"), "bad"))
    return tasks


def _calls(branch: Branch, today: date) -> list[Task]:
    """Who owes longest: the first ones to talk to."""
    return [
        _task(_("Talk to %(client)s: %(amount)s", client=row.legal_name, amount=money.display(int(row.amount))),
              url_for("clients.show", client_id=row.id), "",
              ngettext("%(num)d day overdue", "%(num)d days overdue", (today - row.oldest).days),
              "bad" if (today - row.oldest).days > 30 else "warn")
        for row in day.oldest_debtors(branch.id, today)
    ]
