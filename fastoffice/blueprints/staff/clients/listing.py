"""The list of clients."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from fastoffice import htmx
from fastoffice.billing.queries import clients as billing
from fastoffice.blueprints.paging import address, neighbours, one_of, page_number
from fastoffice.blueprints.staff.clients.base import blueprint, today
from fastoffice.clients import lists
from fastoffice.contracts.lists import running_of_clients
from fastoffice.counting import shown
from fastoffice.identity import access

SHOWS = ("active", "debt", "archived", "all")


@blueprint.get("/")
@access.require("clients.view")
def index() -> Response:
    """Clients by name, filtered and searched; those who owe by how much."""
    branch = access.current_branch()
    wanted = billing.ClientFilter(
        one_of("show", SHOWS, "active"), request.args.get("group", "")[:80], request.args.get("q", "").strip()[:120])
    counts = billing.client_counts(branch.id)
    page = billing.client_page(branch.id, wanted, page_number())
    ids = [client.id for client in page.rows]
    asked = {"show": wanted.show if wanted.show != "active" else "", "group": wanted.group, "q": wanted.q}
    return htmx.page_or_fragment(
        "staff/clients/index.html", "staff/clients/_list.html", page=page, wanted=wanted,
        figures=billing.client_figures(ids, today(), branch.currency), currency=branch.currency,
        contracts=running_of_clients(ids, today()), groups=lists.groups(branch.id),
        counts=counts, chips=_chips(counts, wanted), **neighbours(page, "clients.index", **asked))


def _chips(counts: dict[str, int], wanted: billing.ClientFilter) -> list[dict[str, Any]]:
    labels = {"active": _("Active"), "debt": _("With balance"), "archived": _("Archived"), "all": _("All")}
    return [
        {"label": labels[show], "count": shown(counts[show]) if show in counts else None, "active": show == wanted.show,
         "url": address("clients.index", show=show if show != "active" else "", group=wanted.group, q=wanted.q)}
        for show in SHOWS
    ]
