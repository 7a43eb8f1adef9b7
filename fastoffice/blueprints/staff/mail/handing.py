"""Handing over: whose mail, who takes it, how that is proved."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.staff.mail.base import attempt, blueprint, picture
from fastoffice.blueprints.typed import Typed
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.mailroom import errors, queries, service
from fastoffice.mailroom.models import MailHandover, Nominee
from fastoffice.mailroom.service import keeping, loading, nominees, storing
from fastoffice.sent import whole

SOMEBODY = "other"


@blueprint.get("/clients/<int:client_id>/hand-over")
@access.require("mailroom.handle")
def new_handover(client_id: int) -> Response:
    """What the client has here, and who may take it."""
    client = access.scoped(Client, client_id)
    return _form(client, Typed({"request_key": secrets.token_hex(16)}))


@blueprint.post("/clients/<int:client_id>/hand-over")
@access.require("mailroom.handle")
def hand_over(client_id: int) -> Response:
    """Hand it over. The PIN is tried in a unit of its own, so that wrong ones are counted."""
    client, form, made = access.scoped(Client, client_id), Typed.sent(), []
    actor, now, key = access.current_actor(), clock.now(), client.id
    ids = [number for text in form.several("items") if (number := whole(text, 0))]
    try:
        taking = _taking(form, key, now)
    except Refusal as refusal:
        form.refuse(refusal)
        return _form(access.scoped(Client, key), form)
    status = attempt(form, lambda branch: made.append(service.hand_over(branch, key, ids, taking, actor, now).id))
    if status is not None:
        return _form(access.scoped(Client, key), form, status)
    return htmx.redirect(url_for("mail.handover", handover_id=made[-1]))


@blueprint.get("/hand-overs/<int:handover_id>")
@access.require("mailroom.view")
def handover(handover_id: int) -> Response:
    """Who took what, with the way back for five minutes."""
    found = _of_branch(handover_id)
    template = "staff/mail/handover.html"
    return htmx.page_or_fragment(
        template, template, handover=found, items=queries.items_of(found), zone=access.current_branch().timezone,
        undoable=found.undone_at is None and clock.now() <= found.undo_until)


@blueprint.get("/hand-overs/<int:handover_id>/signature")
@access.require("mailroom.view")
def signature(handover_id: int) -> Response:
    """The drawn name."""
    found = _of_branch(handover_id)
    if found.signature_sha256 is None:
        raise errors.NoSuchItem
    return picture(found.signature_sha256, "image/png")


@blueprint.post("/hand-overs/<int:handover_id>/undo")
@access.require("mailroom.handle")
def undo_handover(handover_id: int) -> Response:
    """Everything is here again."""
    _of_branch(handover_id)
    form, actor, now = Typed.sent(), access.current_actor(), clock.now()
    if attempt(form, lambda branch: service.undo_handover(branch, handover_id, actor, now)) is None:
        htmx.toast(_("Taken back: it is here again."))
    else:
        htmx.toast(str(form.notes[0]), "error")
    return htmx.redirect(url_for("mail.handover", handover_id=handover_id))


def _taking(form: Typed, client_id: int, now: datetime) -> service.Taking:
    """Who takes it, as it was filled in; the drawing is stored. Raises WrongPin, PinLocked, ProofMissing."""
    taker, pin = form.text("taker"), form.text("pin").strip()
    nominee_id = whole(taker.removeprefix("nominee-"), 0) if taker.startswith("nominee-") else 0
    name = form.text("taken_by") if taker == SOMEBODY or not taker else ""
    if taker.startswith("contact-"):
        people = clients.contacts_of([client_id]).get(client_id, [])
        name = next((each.name for each in people if f"contact-{each.id}" == taker), "")
    if nominee_id and pin and not transaction.run(nominees.try_pin, client_id, nominee_id, pin, now):
        nominees.refuse_pin(client_id, nominee_id, now)
    return service.Taking(
        request_key=form.text("request_key")[:64] or secrets.token_hex(16), nominee_id=nominee_id or None,
        taken_by=name, pin=pin, signature_sha256=keeping.signature(form.text("signature")),
        authorised_by=form.text("authorised_by"))


def _form(client: Client, form: Typed, status: int | None = None) -> Response:
    branch, items = access.current_branch(), queries.here_of(client.id)
    chosen = {whole(text, 0) for text in form.several("items")} or {each.id for each in items}
    template = "staff/mail/hand_over.html"
    return htmx.page_or_fragment(
        template, template, status=status or (422 if form.errors or form.notes else 200), client=client, form=form,
        items=items, chosen=chosen, takers=_takers(client.id), zone=branch.timezone, only=request.args.get("item", ""),
        costs=_costs(items), requested=queries.requests_of([each.id for each in items]))


def _takers(client_id: int) -> list[tuple[str, str, Any]]:
    """(value, name, hint) of those that may collect, and somebody else."""
    now = clock.now()
    named = [(f"nominee-{each.id}", each.name, _pin_of(each, now)) for each in nominees.in_force(client_id)]
    people = [(f"contact-{each.id}", each.name, _("of the client's file"))
              for each in clients.contacts_of([client_id]).get(client_id, []) if each.name]
    return [*named, *people, (SOMEBODY, _("Somebody else"), _("The client has to allow it."))]


def _pin_of(nominee: Nominee, now: datetime) -> Any:
    if nominees.is_locked(nominee, now):
        return _("PIN locked until %(hour)s: let them sign.", hour=nominees.unlocked_at(nominee))
    return _("with PIN") if nominee.pin_hash else ""


def _costs(items: list[Any]) -> dict[int, int]:
    """What storage will be charged for each, in minor units without tax; nothing where it costs nothing."""
    branch = access.current_branch()
    fee, today = loading.policy_of(branch.id).fee_per_day, clock.local_date(clock.now(), branch.timezone)
    return {key: days * fee for key, days in storing.days_due(branch, items, today).items()}


def _of_branch(handover_id: int) -> MailHandover:
    found = queries.handover(access.current_branch().id, handover_id)
    if found is None:
        raise errors.NoSuchItem
    return found
