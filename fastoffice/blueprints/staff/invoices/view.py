"""What the page of a document shows, from the queries' rows to words."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.queries import drafts
from fastoffice.billing.queries import invoices as queries
from fastoffice.billing.rules.amounts import Figures, sum_figures
from fastoffice.billing.service import issuing, pay_links
from fastoffice.billing.service.replacing import at_stage
from fastoffice.billing.wording import change_sentences
from fastoffice.blueprints.paging import url_if
from fastoffice.blueprints.quantities import quantity_text
from fastoffice.blueprints.staff.invoices.history import Teller
from fastoffice.branches.models import Branch
from fastoffice.identity import access
from fastoffice.notifications.kinds import KINDS
from fastoffice.notifications.reasons import explain

LAST_MINUTE = timedelta(minutes=1)
STAGES: dict[str, Any] = {"prompt": _l("prompt price"), "list": _l("list price"), "other": _l("one-off")}
FILES: dict[str, Any] = {"invoice": _l("Invoice"), "cancellation": _l("Cancellation")}
RELEASED: dict[str, Any] = {
    "moved": _l("moved to the document that replaces it"), "cancelled": _l("back to the client's credit"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A document of a chain of replacements, from the first to the living one."""

    id: int
    number: str
    total: int
    stage: str
    here: bool


def context(branch: Branch, invoice: Invoice, now: datetime) -> dict[str, Any]:
    """Everything templates/staff/invoices/show.html needs, in a constant number of statements."""
    shared = {
        "invoice": invoice, "branch": branch, "zone": branch.timezone, "now": now, "stages": STAGES,
        "quantity": quantity_text, "key": secrets.token_hex(16), "today": clock.local_date(now, branch.timezone),
        "holds": [hold for hold in invoice.holds if in_force(hold, now)],
        "is_draft": invoice.status == "draft", **_prices(invoice),
        "client_url": url_if("clients.show", client_id=invoice.client_id), "contract_url": _contract_url(invoice),
        "month_url": url_if("billing.month", period=invoice.period),
    }
    return {**shared, **(_of_draft(branch, invoice, now) if invoice.status == "draft" else _of_issued(invoice, branch))}


def _contract_url(invoice: Invoice) -> str | None:
    if invoice.contract_id is None or not access.can("contracts.view"):
        return None
    return url_if("contracts.show", contract_id=invoice.contract_id)


def in_force(hold: Any, now: datetime) -> bool:
    """Whether a hold still keeps the cycle away."""
    return hold.released_at is None and (hold.until_at is None or hold.until_at > now)


@dataclass(frozen=True, slots=True)
class Priced:
    """A line (or, without one, the document) at both prices."""

    prompt: Figures
    at_list: Figures
    line: InvoiceLine | None = None


def priced_lines(invoice: Invoice) -> list[Priced]:
    """Every line as it is at the prompt price and as it is at list price, rounded as on the documents."""
    return [Priced(at_stage(line, "prompt"), at_stage(line, "list"), line) for line in invoice.lines]


def _prices(invoice: Invoice) -> dict[str, Any]:
    rows = priced_lines(invoice)
    total = Priced(sum_figures(row.prompt for row in rows), sum_figures(row.at_list for row in rows))
    return {"rows": rows, "sums": total, "has_two_prices": total.prompt.total != total.at_list.total}


def _of_draft(branch: Branch, invoice: Invoice, now: datetime) -> dict[str, Any]:
    today = clock.local_date(now, branch.timezone)
    return {
        "says": drafts.contract_says(branch, invoice), "due_on": _due_on(branch, invoice, today),
        "changes": change_sentences(invoice.changes, invoice.currency),
        "history": _history(invoice, queries.history(invoice), branch.timezone),
    }


def _due_on(branch: Branch, draft: Invoice, today: date) -> date:
    """The last day of the prompt price (or to pay), if it is issued today."""
    return issuing.due_days(branch, [draft], today)[draft.kind, draft.period]


def _of_issued(invoice: Invoice, branch: Branch) -> dict[str, Any]:
    page = queries.page(invoice)
    return {
        "due_on": invoice.due_on, "deadline": _deadline(invoice, branch.timezone), "chain": _chain(invoice),
        "allocations": [_allocation(row, source) for row, source in page.allocations],
        "deliveries": [_delivery(delivery, notice) for delivery, notice in page.deliveries],
        "files": sorted(page.files, key=lambda file: file.id), "file_names": FILES,
        "pay_link": pay_links.urls([invoice.id]).get(invoice.id) if invoice.is_open else None,
        "history": _history(invoice, page.history, branch.timezone, queries.activity(invoice)), "changes": [],
        "payment_url": url_if("payments.new", invoice=invoice.id) if invoice.is_open else None,
    }


def _deadline(invoice: Invoice, zone: str) -> datetime | None:
    """The last minute of the prompt price, on the branch's clock."""
    if invoice.closes_at is None or invoice.stage != "prompt":
        return None
    return clock.local(invoice.closes_at, zone) - LAST_MINUTE


def _chain(invoice: Invoice) -> list[Step]:
    neighbours = (invoice.replaces, invoice, invoice.replaced_by)
    steps = [Step(each.id, each.number or "", each.total, each.stage, each is invoice) for each in neighbours if each]
    return steps if len(steps) > 1 else []


def _allocation(row: Any, source: str) -> dict[str, Any]:
    kind, _colon, key = source.partition(":")
    url = url_if("payments.show", payment_id=int(key)) if kind == "payment" and key.isdigit() else None
    why = RELEASED.get(row.released_reason or "", row.released_reason) if row.released_at else ""
    return {"amount": row.amount, "value_date": row.value_date, "by": row.created_by, "url": url,
            "released": row.released_at is not None, "why": why, "moved": row.moved_from_id is not None}


def _delivery(delivery: Any, notice: Any) -> dict[str, Any]:
    kind = KINDS.get(notice.kind)
    reason, detail = explain(delivery.error) if delivery.error else ("", "")
    return {
        "id": delivery.id, "channel": delivery.channel, "kind": kind.label if kind else notice.kind,
        "state": "mailed" if (delivery.channel, delivery.state) == ("post", "sent") else delivery.state,
        "to": ", ".join(str(each) for each in delivery.recipients), "sent_at": delivery.sent_at,
        "reason": reason, "detail": detail, "url": url_if("outbox.show", delivery_id=delivery.id),
        "again": delivery.state in ("failed", "bounced", "sent", "cancelled"),
    }


def _history(invoice: Invoice, entries: Sequence[Any], zone: str, signs: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """What the log says and what the client did on the portal, newest first."""
    teller = Teller(invoice, zone)
    told = [(entry.at, teller.told(entry)) for entry in entries]
    if signs:
        told += [(sign.at, teller.seen(sign)) for sign in signs]
        told.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _at, item in told]


def title(invoice: Invoice) -> str:
    """How the document is called before it has a number."""
    return invoice.number or (_("One-off draft") if invoice.kind == "one_off" else _("Draft"))
