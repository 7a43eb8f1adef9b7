"""The search behind `/` and Ctrl-K: clients, documents, contracts, offices and the front desk of the branch."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.billing.queries.search import find_invoices
from fastoffice.blueprints.paging import url_if
from fastoffice.blueprints.staff import search_desk
from fastoffice.clients import lists as clients
from fastoffice.contracts import lists as contracts
from fastoffice.contracts import rules
from fastoffice.folding import fold
from fastoffice.identity import access
from fastoffice.locale import month_name
from fastoffice.money import display
from fastoffice.workspaces import queries as workspaces

blueprint = Blueprint("search", __name__, url_prefix="/staff/search")
LONGEST, FEW, MANY = 80, 6, 25


@blueprint.get("")
@access.require("search")
def index() -> Response:
    """Groups of hits; for the dialog the first few of each."""
    text = request.args.get("q", "").strip()[:LONGEST]
    groups = _groups(text, FEW if htmx.wants_fragment() else MANY) if text else []
    return htmx.page_or_fragment("staff/search/index.html", "staff/search/_results.html", groups=groups, q=text)


def _groups(text: str, limit: int) -> list[dict[str, Any]]:
    branch_id = access.current_branch().id
    documents = {"label": _("Invoices"), "results": _invoices(branch_id, text, limit)}
    groups = [
        {"label": _("Clients"), "results": _clients(branch_id, text, limit)},
        {"label": _("Contracts"), "results": _contracts(branch_id, text, limit)},
        {"label": _("Offices"), "results": _offices(branch_id, text, limit)},
        *search_desk.groups(access.current_branch(), text, limit),
    ]
    if not any(group["results"] for group in (documents, *groups)):
        return [{"label": _("Similar clients"), "results": _clients(branch_id, _beginnings(text), limit)}]
    by_number = any(character.isdigit() for character in text)
    return [documents, *groups] if by_number else [*groups, documents]


def _beginnings(text: str) -> str:
    """The first letters of each word, which survive most slips: "gonsalez" still leads to González."""
    return " ".join(word[:3] for word in fold(text).split() if len(word) > 3 and word.isalpha())


def _clients(branch_id: int, text: str, limit: int) -> list[dict[str, Any]]:
    found = []
    for row in clients.find(branch_id, text, limit):
        notes = [row.legal_name if row.trade_name else "", row.tax_id or "",
                 _("archived") if row.archived_at else ""]
        found.append({"url": url_for("clients.show", client_id=row.id), "title": row.trade_name or row.legal_name,
                      "note": " · ".join(filter(None, notes)), "icon": "users"})
    return found


def _invoices(branch_id: int, text: str, limit: int) -> list[dict[str, Any]]:
    found = []
    for row in find_invoices(branch_id, text, limit):
        url = url_if("invoices.show", invoice_id=row.id)
        if url:
            note = " · ".join((row.legal_name, month_name(row.period), display(row.total, row.currency)))
            found.append({"url": url, "title": row.number, "note": note, "icon": "receipt"})
    return found


def _contracts(branch_id: int, text: str, limit: int) -> list[dict[str, Any]]:
    day = clock.local_date(clock.now(), access.current_branch().timezone)
    ended = {"ended": _("ended"), "withdrawn": _("withdrawn"), "suspended": _("suspended")}
    found = []
    for row in contracts.find(branch_id, text, limit):
        notes = [_("Office %(code)s", code=row.office) if row.office else "", ended.get(rules.status_on(row, day), "")]
        found.append({"url": url_for("contracts.show", contract_id=row.id), "icon": "file-text",
                      "title": f"{row.code} · {row.legal_name}", "note": " · ".join(filter(None, notes))})
    return found


def _offices(branch_id: int, text: str, limit: int) -> list[dict[str, Any]]:
    from fastoffice.clients.rules import search_words

    rows = workspaces.find(branch_id, search_words(text), limit)
    day = clock.local_date(clock.now(), access.current_branch().timezone)
    tenants = contracts.running_in_offices([row.id for row in rows], day)
    return [hit for row in rows for hit in _office_hits(row, tenants.get(row.id, []))]


def _office_hits(office: Any, tenants: list[Any]) -> list[dict[str, Any]]:
    """Each contract in the office; a free one leads to a new contract, or for those who agree none to the old ones."""
    shown = {"icon": "door-open", "title": _("Office %(code)s", code=office.code)}
    if tenants:
        return [{**shown, "url": url_for("contracts.show", contract_id=row.id),
                 "note": " · ".join(filter(None, (office.name, row.legal_name, row.code)))} for row in tenants]
    url = (url_for("contracts.choose", office=office.code) if access.can("contracts.edit")
           else url_for("contracts.index", q=office.code, show="all"))
    return [{**shown, "url": url, "note": " · ".join(filter(None, (office.name, _("free"))))}]
