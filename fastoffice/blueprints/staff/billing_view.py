"""What the month's page shows, from the queries' figures to words."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from fastoffice import clock, locale, money
from fastoffice.billing.queries import periods
from fastoffice.billing.queries.leftover import leftover
from fastoffice.billing.queries.periods import PAGE, Summary
from fastoffice.billing.rules import deadline
from fastoffice.billing.rules.periods import first_day, following, last_day, previous
from fastoffice.billing.service import issuing
from fastoffice.billing.wording import change_label, change_sentences
from fastoffice.blueprints.paging import page_in
from fastoffice.blueprints.words import listed
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.contracts import queries as contracts


def month_context(branch: Branch, period: str, arguments: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Everything templates/staff/billing/month.html needs, in a constant number of statements."""
    found = periods.summary(branch.id, period, now)
    show = arguments.get("show", "") if arguments.get("show", "") in periods.SHOWN else _first_list(found)
    text = arguments.get("q", "").strip()[:100]
    page = page_in(arguments)
    rows, count = periods.documents(branch.id, period, show, text=text, page=page)
    first = (page - 1) * PAGE + 1 if rows else 0
    return {
        "branch": branch, "period": period, "found": found, "show": show, "q": text,
        "key": secrets.token_hex(16), "rows": rows, "holds": periods.holds_of([row.id for row in rows], now),
        "count": count, "first": first, "last": first + len(rows) - 1 if rows else 0,
        "previous_url": _url(period, show, text, page - 1) if page > 1 else None,
        "next_url": _url(period, show, text, page + 1) if page * PAGE < count else None,
        "chips": _chips(found, period, show), "steps": _steps(branch, period, found, now),
        "contract_count": contracts.count_in_force(branch.id, first_day(period), last_day(period)),
        "series": branches.active_series(branch.id, "invoice"), "run": periods.running(branch.id, period),
        "before": previous(period), "after": following(period), "today": clock.local_date(now, branch.timezone),
        "leftover": leftover(branch.id, clock.local_date(now, branch.timezone)),
        "change_label": change_label, "change_sentences": change_sentences, "previous_month": previous(period),
    }


def _first_list(found: Summary) -> str:
    """The list that has work in it."""
    if found.drafts:
        return "drafts"
    if found.open:
        return "open"
    return "paid" if found.paid else "drafts"


def _url(period: str, show: str, text: str, page: int) -> str:
    return url_for("billing.month", period=period, show=show, q=text or None, page=page if page > 1 else None)


def _chips(found: Summary, period: str, show: str) -> list[dict[str, Any]]:
    month = locale.month_name(previous(period)).split()[0]
    labels = [
        ("drafts", _("Drafts"), found.drafts), ("open", _("Issued, to collect"), found.open),
        ("paid", pgettext("invoices", "Paid"), found.paid), ("cancelled", _("Cancelled"), found.cancelled),
        ("list", _("At list price"), found.at_list),
        ("changed", _("Changed since %(month)s", month=month), found.changed),
        ("excluded", _("Excluded"), found.excluded),
    ]
    return [{"label": label, "count": count, "url": _url(period, key, "", 1), "active": key == show}
            for key, label, count in labels if count or key == show or key in ("drafts", "open", "paid", "cancelled")]


def due_on(branch: Branch, period: str, found: Summary, now: datetime) -> date:
    """The last day of the prompt price: of what is issued, else of what would be issued now."""
    if found.closes_at:
        return clock.local_date(max(found.closes_at), branch.timezone) - date.resolution
    policy = branches.policy_of(branch)
    today = max(clock.local_date(now, branch.timezone), first_day(period))
    return deadline.prompt_due_on(period, today, issuing.window_of(policy), policy.is_holiday,
                                  policy.is_business_day)


def _steps(branch: Branch, period: str, found: Summary, now: datetime) -> list[dict[str, Any]]:
    last = due_on(branch, period, found, now)
    closed = clock.end_of_day(last, branch.timezone) <= now
    states = _states(found, closed)
    notes = (
        _drafts_note(found), _issue_note(branch, found, last), _collect_note(branch, found),
        _close_note(last, found, closed), _list_note(found, closed),
    )
    titles = (_("Drafts"), _("Issue at prompt price"), _("Collection"), _("Deadline"), _("List price"))
    return [{"title": title, "note": note, "state": state}
            for title, note, state in zip(titles, notes, states, strict=True)]


def _states(found: Summary, closed: bool) -> list[str]:
    if not found.issued and not found.cancelled:
        now = 1 if found.drafts else 0
    elif not closed:
        now = 1 if found.drafts else 2
    else:
        now = 4 if found.at_list else 3
    return ["done" if position < now else "now" if position == now else "todo" for position in range(5)]


def _drafts_note(found: Summary) -> str:
    if not found.drafts:
        return _("none waiting")
    notes = [ngettext("%(num)d ready", "%(num)d ready", found.ready)]
    if found.held:
        notes.append(ngettext("%(num)d on hold", "%(num)d on hold", found.held))
    if found.changed:
        notes.append(ngettext("%(num)d with changes", "%(num)d with changes", found.changed))
    return " · ".join(notes)


def _issue_note(branch: Branch, found: Summary, last: date) -> str:
    issued = ngettext("%(num)d issued", "%(num)d issued", found.issued)
    hour = branch.policy.auto_issue_at
    if hour and found.drafts:
        return _("automatic on day %(day)s at %(hour)s", day=branch.policy.auto_issue_day, hour=hour.strftime("%H:%M"))
    return _("until %(day)s", day=locale.date_short(last)) + " · " + issued


def _collect_note(branch: Branch, found: Summary) -> str:
    paid = ngettext("%(num)d paid", "%(num)d paid", found.paid)
    days = listed(str(day) for day in branch.policy.reminder_days)
    return paid + " · " + _("reminders on %(days)s", days=days) if days else paid


def _close_note(last: date, found: Summary, closed: bool) -> str:
    if closed and found.at_list:
        return ngettext("%(num)d replaced", "%(num)d replaced", found.at_list)
    return _("%(day)s at 0:00 · cancel and issue again", day=locale.date_short(last + date.resolution))


def _list_note(found: Summary, closed: bool) -> str:
    if closed and found.at_list:
        return money.display(found.at_list_total)
    return _("+%(amount)s if nobody pays", amount=money.display(found.list_difference))
