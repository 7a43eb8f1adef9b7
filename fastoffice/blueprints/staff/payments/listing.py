"""The list of payments, and the credit that pays nothing yet."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from fastoffice import htmx
from fastoffice.blueprints.paging import address, day_of, neighbours, one_of, page_number
from fastoffice.blueprints.staff.payments.base import blueprint, tabs, today
from fastoffice.identity import access
from fastoffice.payments import names, queries
from fastoffice.payments.queries import attempts
from fastoffice.payments.queries.lists import SHOWS, Filter

LONGEST = 80


def _filter() -> Filter:
    client = request.args.get("client", "")
    return Filter(
        one_of("show", SHOWS, "all"), one_of("method", names.ALL_METHODS, ""), day_of("since"), day_of("until"),
        int(client) if client.isascii() and client.isdigit() and len(client) < 16 else 0,
        request.args.get("q", "").strip()[:LONGEST])


def _asked(wanted: Filter, **changes: Any) -> dict[str, Any]:
    asked = {"show": wanted.show, "method": wanted.method, "since": wanted.since, "until": wanted.until,
             "client": wanted.client_id or "", "q": wanted.q, **changes}
    return {**asked, "show": "" if asked["show"] == "all" else asked["show"]}


@blueprint.get("/")
@access.require("payments.view")
def index() -> Response:
    """Payments by value date, filtered and searched."""
    branch, wanted = access.current_branch(), _filter()
    page = queries.payments_page(branch.id, wanted, page_number())
    figures = None if htmx.wants_fragment() else queries.desk_figures(branch.id, today(), branch.currency)
    return htmx.page_or_fragment(
        "staff/payments/index.html", "staff/payments/_list.html", branch=branch, page=page, wanted=wanted,
        figures=figures, chips=_chips(wanted), tabs=[] if figures is None else tabs("index"),
        marks=attempts.marks([row.id for row in page.rows if row.method in names.ONLINE]),
        **neighbours(page, "payments.index", **_asked(wanted)))


def _chips(wanted: Filter) -> list[dict[str, Any]]:
    labels = {"all": _("All"), "pending": _("Cheques in process"), "credit": _("With credit left"),
              "undone": _("Reversed and bounced")}
    return [{"label": labels[show], "active": show == wanted.show,
             "url": address("payments.index", **_asked(wanted, show=show))} for show in SHOWS]


@blueprint.get("/credits")
@access.require("payments.view")
def unapplied() -> Response:
    """Money of clients that pays nothing yet, oldest first."""
    branch = access.current_branch()
    rows = queries.unapplied_credits(branch.id)
    owed = queries.clients_money([row.client_id for row in rows], branch.currency)
    return htmx.page_or_fragment(
        "staff/payments/credits.html", "staff/payments/credits.html", branch=branch, rows=rows, owed=owed,
        total=queries.unapplied_total(branch.id, branch.currency))
