"""An invoice outside the monthly cycle: for whom, what, and it becomes a draft."""

from __future__ import annotations

import secrets
from datetime import date

import sqlalchemy as sa
from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.billing.rules import deadline
from fastoffice.billing.service import issuing, one_off
from fastoffice.billing.service.adjusting import LineChange
from fastoffice.blueprints.staff.invoices.base import attempt, blueprint, to_page
from fastoffice.blueprints.staff.invoices.lines import profile_typed, read_line
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.blueprints.words import CHANNELS
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch, TaxProfile
from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.identity import access

PAGE, CLIENTS = "staff/invoices/one_off.html", "staff/invoices/_clients.html"
ROWS, MOST_ROWS, HITS = 1, 20, 8
FIELDS = ("description", "quantity", "prompt")


def clients_like(branch_id: int, text: str) -> list[Client]:
    """The first clients whose name, number or office matches; archived ones are not billed."""
    words = search_words(text)
    if not words:
        return []
    query = sa.select(Client).where(
        Client.branch_id == branch_id, Client.archived_at.is_(None),
        *(Client.search_text.contains(word, autoescape=True) for word in words))
    return list(db.session.scalars(query.order_by(Client.legal_name, Client.id).limit(HITS)))


def due_on(branch: Branch, today: date) -> date:
    """The last day to pay, if it is issued today."""
    policy = branches.policy_of(branch)
    return deadline.list_due_on(today, today, issuing.window_of(policy), policy.is_holiday)


def _client(text: str) -> Client | None:
    """The chosen client, if they are this branch's and active. A stranger's id answers 404."""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        return None
    client = access.scoped(Client, int(text))
    return None if client.archived_at else client


def _page(form: Typed, client: Client | None, rows: int = ROWS, status: int = 200) -> Response:
    branch = access.current_branch()
    today = clock.local_date(clock.now(), branch.timezone)
    return htmx.page_or_fragment(
        PAGE, PAGE, status=status, form=form, client=client, branch=branch, rows=rows, q=form.text("q"),
        hits=[] if client else clients_like(branch.id, form.text("q")), channels=CHANNELS,
        profiles=branches.tax_profiles(branch.id), due_on=due_on(branch, today), full=rows >= MOST_ROWS)


@blueprint.get("/new")
@access.require("invoices.draft")
def new() -> Response:
    """Choose the client, then write what is charged."""
    branch = access.current_branch()
    client = _client(request.args.get("client", ""))
    form = Typed({"q": request.args.get("q", "")[:100], "key": secrets.token_hex(16),
                  "channels[]": list(branch.policy.default_channels)})
    return _page(form, client)


@blueprint.get("/new/clients")
@access.require("invoices.draft")
def find_client() -> Response:
    """Clients that match what is typed."""
    text = request.args.get("q", "")[:100]
    hits = clients_like(access.current_branch().id, text)
    if not htmx.wants_fragment():
        return _page(Typed({"q": text}), None)
    return htmx.page_or_fragment(CLIENTS, CLIENTS, hits=hits, q=text)


@blueprint.post("/new")
@access.require("invoices.draft")
@writes
def create() -> Response:
    """Make the draft and go to its page; the same form sent twice makes one."""
    form, branch = Typed.sent(), access.current_branch()
    client = _client(form.text("client"))
    rows = min(max(form.number("rows"), 1), MOST_ROWS)
    if client is None:
        form.notes.append(_l("Choose a client first."))
        return _page(form, None, rows, 422)
    if form.on("more"):
        return _page(form, client, min(rows + 1, MOST_ROWS))
    lines, channels, key = _lines(form, rows, branch), _channels(form), clean_text(form.text("key"))[:50]
    made: list[int] = []

    def work() -> None:
        draft = one_off.draft_one_off(
            branch, client.id, lines, channels, access.current_actor(), clock.now(),
            request_key=f"one-off:{key}" if key else None, note=clean_text(form.text("note"))[:500])
        made.append(draft.id)

    if not attempt(form, work, amount="prompt-0"):
        return _page(form, client, rows, 422)
    htmx.toast(_("Draft made: check it and issue it."))
    return to_page(made[0])


def _lines(form: Typed, rows: int, branch: Branch) -> list[tuple[LineChange, TaxProfile]]:
    """The lines in which something was written; at least one."""
    profiles = branches.tax_profiles(branch.id)
    found = []
    for row in range(rows):
        if row and not any(form.text(f"{name}-{row}").strip() for name in ("description", "prompt")):
            continue
        change = read_line(form, f"-{row}", two_prices=False)
        found.append((change, profile_typed(form, profiles, f"tax-{row}")))
    return found


def _channels(form: Typed) -> list[str]:
    chosen = [channel for channel in form.several("channels") if channel in CHANNELS]
    if not chosen:
        form.errors["channels"] = _l("Choose at least one way to send it.")
    return chosen


