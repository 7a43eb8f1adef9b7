"""The statement of account for any days: on screen, as PDF, as a workbook; the same figures in all three."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import Response, request, url_for
from flask_babel import get_locale

from fastoffice import export_files
from fastoffice.blueprints.paging import day_of
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.documents import on_demand
from fastoffice.documents.service import PDF
from fastoffice.errors import Refusal
from fastoffice.exports import MEDIA_TYPES
from fastoffice.identity import portal
from fastoffice.payments import account
from fastoffice.payments.queries import statement as accounts
from fastoffice.payments.queries.statement import Statement

MONTHS_BEFORE = 2  # the usual statement begins with the month before last


@blueprint.get("/statement")
@portal.require("invoices")
def statement() -> Response:
    """What was charged and paid, and what was owed after each."""
    since, until = _days()
    known = accounts.currencies(portal.current().client_id)
    currency = _currency(known)
    context: dict[str, Any] = {"since": since, "until": until, "currencies": [(code, code) for code in known],
                               "currency": currency, "what": account.what}
    try:
        found = accounts.statement(portal.current().client_id, currency, since, until)
    except Refusal as refusal:
        return own.page("statement.html", status=422, found=None, error=str(refusal), files={}, **context)
    asked: dict[str, Any] = {"since": since.isoformat(), "until": until.isoformat(), "currency": found.currency}
    files = {"PDF": url_for(".statement_pdf", **asked), "Excel": url_for(".statement_xlsx", **asked)}
    return own.page("statement.html", found=found, files=files, **context)


@blueprint.get("/statement.pdf")
@own.at_most("6 per minute")
@portal.require("invoices")
def statement_pdf() -> Response:
    """The same as a paper."""
    found, locale = _found(), get_locale()
    paper = account.paper(own.branch(), found, own.today())
    data = on_demand.pdf_now(paper, locale.language if locale else "es")
    return own.download(data, f"{_name(found)}.pdf", PDF)


@blueprint.get("/statement.xlsx")
@own.at_most("12 per minute")
@portal.require("invoices")
def statement_xlsx() -> Response:
    """The same as a workbook."""
    found, target, columns = _found(), io.BytesIO(), account.columns()
    export_files.write_xlsx(target, account.sheet(found), columns, amounts=set(columns[3:6]))
    return own.download(target.getvalue(), f"{_name(found)}.xlsx", MEDIA_TYPES["xlsx"])


def _days() -> tuple[date, date]:
    """The days that are asked for, in order; usually the last three months."""
    today = own.today()
    months = today.year * 12 + today.month - 1 - MONTHS_BEFORE
    since, until = day_of("since") or date(months // 12, months % 12 + 1, 1), day_of("until") or today
    return min(since, until), max(since, until)


def _currency(known: list[str]) -> str:
    asked = request.args.get("currency", "")
    return asked if asked in known else own.branch().currency


def _found() -> Statement:
    client_id = portal.current().client_id
    return accounts.statement(client_id, _currency(accounts.currencies(client_id)), *_days())


def _name(found: Statement) -> str:
    return f"estado-de-cuenta-{found.since.isoformat()}-{found.until.isoformat()}"
