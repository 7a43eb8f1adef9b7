"""The counter: one line a piece, Enter, the next; the list of what is here; telling the clients."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from fastoffice import clock, htmx
from fastoffice.blueprints.paging import address, neighbours, one_of, page_number
from fastoffice.blueprints.staff.mail.base import attempt, blueprint, sent_file
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.clients import lists
from fastoffice.clients import queries as clients
from fastoffice.counting import shown
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.mailroom import queries, service
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import finding, keeping
from fastoffice.sent import whole

CARRIERS = ("99minutos", "Amazon", "Correos de México", "DHL", "Estafeta", "FedEx", "Mercado Libre", "Paquetexpress",
            "Redpack", "UPS")
GUESSES = 5


@blueprint.get("/")
@access.require("mailroom.view")
def index() -> Response:
    """The form for what arrives and the list of what is here."""
    return _desk(_blank())


@blueprint.get("/guess")
@access.require("mailroom.handle")
def guess() -> str:
    """Whose it may be: the client that is named in full is chosen already, others are for choosing."""
    text = request.args.get("addressee", "")[:200]
    branch = access.current_branch()
    known = finding.whose(branch.id, text) if len(text.strip()) > 1 else None
    rows = [row for row in lists.find(branch.id, text, GUESSES) if row.archived_at is None]
    return render_template("staff/mail/_guess.html", **_choices(known, rows, text))


@blueprint.post("/items")
@access.require("mailroom.handle")
def log_item() -> Response:
    """Log a piece and be ready for the next one."""
    form, done, actor, now = Typed.sent(), [], access.current_actor(), clock.now()
    try:
        photo = keeping.photo(sent_file("photo")[1])
    except Refusal as refusal:
        form.refuse(refusal, files="photo")
        return _desk(form, 422)
    entry = service.Entry(
        request_key=form.text("request_key") or secrets.token_hex(16), kind=form.text("kind"),
        addressee=form.text("addressee"), client_id=form.number("client") or None, sender=form.text("sender"),
        carrier=form.text("carrier"), tracking=form.text("tracking"), note=form.text("note"), photo_sha256=photo)
    status = attempt(form, lambda branch: done.append(service.log_item(branch, entry, actor, now).id))
    if status is not None:
        return _desk(form, status)
    if not htmx.wants_fragment():
        return htmx.redirect(address("mail.index", last=done[-1], kind=entry.kind, carrier=entry.carrier))
    return _desk(_blank(entry.kind, entry.carrier), last=done[-1])


@blueprint.post("/announcement")
@access.require("mailroom.handle")
@writes
def announce() -> Response:
    """Tell the clients now instead of in some minutes."""
    count = service.announce(access.current_branch(), access.current_actor(), clock.now())
    if count:
        htmx.toast(ngettext("%(num)d client is told.", "%(num)d clients are told.", count))
    else:
        htmx.toast(_("There is nothing to tell."), "info")
    return htmx.redirect(url_for("mail.index"))


def _blank(kind: str = "", carrier: str = "") -> Typed:
    wanted = kind or request.args.get("kind", "")
    return Typed({"request_key": secrets.token_hex(16), "kind": wanted if wanted in states.PHYSICAL else states.PARCEL,
                  "carrier": (carrier or request.args.get("carrier", ""))[:60]})


def _desk(form: Typed, status: int = 200, last: int | None = None) -> Response:
    if status == 409 and htmx.wants_fragment():
        status = 422  # what is swapped into the page
    branch, show = access.current_branch(), one_of("show", queries.SHOWS, "here")
    text = request.args.get("q", "").strip()[:80]
    page = queries.items_page(branch.id, show, text, page_number())
    asked = {"show": "" if show == "here" else show, "q": text}
    text_of_form = form.text("addressee")
    rows = [row for row in lists.find(branch.id, text_of_form, GUESSES) if row.archived_at is None]
    key = last or whole(request.args.get("last", ""), 0)
    return htmx.page_or_fragment(
        "staff/mail/index.html", "staff/mail/_desk.html", status=status, form=form, page=page, show=show, q=text,
        chips=_chips(branch.id, show), waiting=queries.waiting(branch.id), last=_just_logged(key),
        kinds=states.PHYSICAL, carriers=CARRIERS, zone=branch.timezone,
        **_choices(form.number("client") or None, rows, text_of_form), **neighbours(page, "mail.index", **asked))


def _choices(known: int | None, rows: list[Any], text: str) -> dict[str, Any]:
    """The client that is chosen, and others whose name holds what was typed."""
    if known is not None and known not in {row.id for row in rows}:
        row = clients.client_of(access.current_branch().id, known)
        rows = [*([row] if row else []), *rows[:GUESSES - 1]]
    return {"known": known, "guesses": rows, "typed": text}


def _just_logged(key: int) -> dict[str, Any] | None:
    """The piece that was logged last, while it can be taken back; whether another desk has one like it."""
    found = queries.load(access.current_branch().id, key) if key else None
    if found is None or not _is_fresh(found):
        return None
    return {"item": found, "twin": service.likely_twin(found)}


def _is_fresh(item: MailItem) -> bool:
    return item.is_here and clock.now() <= item.received_at + states.UNDO


def _chips(branch_id: int, show: str) -> list[dict[str, Any]]:
    counts = queries.counts(branch_id)
    labels = {"here": _("Here"), "unassigned": _("Unassigned"), "calls": _("Calls"), "gone": _("Gone"), "all": _("All")}
    chips: list[dict[str, Any]] = [
        {"label": label, "count": shown(counts[name]) if name in counts else None, "active": name == show,
         "url": address("mail.index", show="" if name == "here" else name)} for name, label in labels.items()]
    return chips
