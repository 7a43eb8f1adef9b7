"""The list of contracts."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from fastoffice import htmx
from fastoffice.blueprints.paging import address, neighbours, one_of, page_number
from fastoffice.blueprints.staff.contracts.base import blueprint, today
from fastoffice.contracts import lists, rules
from fastoffice.contracts.lists import SORTS, ContractFilter
from fastoffice.counting import shown
from fastoffice.identity import access

SHOWS = ("active", "ending", "suspended", "ended", "all")
ORDERS = (*SORTS, *(f"-{name}" for name in SORTS))


@blueprint.get("/")
@access.require("contracts.view")
def index() -> Response:
    """Contracts by client, filtered, searched and sorted."""
    branch, day = access.current_branch(), today()
    wanted = ContractFilter(
        one_of("show", SHOWS, "active"), request.args.get("q", "").strip()[:120], one_of("sort", ORDERS, "client"))
    counts = lists.contract_counts(branch.id, day)
    page = lists.contract_page(branch.id, wanted, day, page_number())
    asked = {"show": wanted.show if wanted.show != "active" else "", "q": wanted.q,
             "sort": wanted.sort if wanted.sort != "client" else ""}
    return htmx.page_or_fragment(
        "staff/contracts/index.html", "staff/contracts/_list.html", page=page, wanted=wanted,
        currency=branch.currency, today=day, statuses={row.id: rules.status_on(row, day) for row in page.rows},
        soon={row.id for row in page.rows if rules.ends_soon(row, day)}, sorts=_sorts(wanted),
        counts=counts, chips=_chips(counts, wanted), **neighbours(page, "contracts.index", **asked))


def _chips(counts: dict[str, int], wanted: ContractFilter) -> list[dict[str, Any]]:
    labels = {"active": _("In force"), "ending": _("Ending in 60 days"), "suspended": _("Suspended"),
              "ended": _("Ended"), "all": _("All")}
    return [
        {"label": labels[show], "count": shown(counts[show]) if show in counts else None, "active": show == wanted.show,
         "url": address("contracts.index", show=show if show != "active" else "", q=wanted.q)}
        for show in SHOWS
    ]


def _sorts(wanted: ContractFilter) -> dict[str, tuple[str, str | None]]:
    """Column -> (the address that sorts by it, its direction now)."""
    found: dict[str, tuple[str, str | None]] = {}
    for name in SORTS:
        now = wanted.sort.lstrip("-") == name
        down = now and not wanted.sort.startswith("-")
        direction = ("ascending" if down else "descending") if now else None
        show = wanted.show if wanted.show != "active" else ""
        found[name] = (address("contracts.index", show=show, q=wanted.q, sort=f"-{name}" if down else name), direction)
    return found
