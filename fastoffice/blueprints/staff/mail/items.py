"""One piece: what it is, whose, and what becomes of it."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.mail.base import attempt, blueprint, item_of_branch, picture
from fastoffice.blueprints.typed import Typed
from fastoffice.clients import lists
from fastoffice.errors import NotFound
from fastoffice.identity import access
from fastoffice.mailroom import errors, queries, service
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import loading, storing

FOUND = 8


@blueprint.get("/<int:item_id>")
@access.require("mailroom.view")
def show(item_id: int) -> Response:
    """All of it, with the forms that fit its state."""
    return page(item_of_branch(item_id), Typed())


@blueprint.get("/<int:item_id>/photo")
@access.require("mailroom.view")
def photo(item_id: int) -> Response:
    """The photo that was taken of it."""
    found = item_of_branch(item_id)
    if found.photo_sha256 is None:
        raise errors.NoSuchItem
    return picture(found.photo_sha256, "image/jpeg")


@blueprint.post("/<int:item_id>/assignment")
@access.require("mailroom.handle")
def assign(item_id: int) -> Response:
    """Say whose it is."""
    form, actor, now = Typed.sent(), access.current_actor(), clock.now()
    client_id, text = form.number("client"), form.text("q")
    item_of_branch(item_id)
    if not client_id and text.strip():
        return page(item_of_branch(item_id), form, found=_find(text))
    return _do(item_id, form, lambda branch: service.assign(
        branch, item_id, client_id, actor, now, remember=form.on("remember")), _("The client will be told."))


@blueprint.post("/<int:item_id>/tray")
@access.require("mailroom.handle")
def unassign(item_id: int) -> Response:
    """It is not this client's: into the unassigned tray."""
    actor, now = access.current_actor(), clock.now()
    return _do(item_id, Typed.sent(), lambda branch: service.unassign(branch, item_id, actor, now),
               _("It is in the unassigned tray."))


@blueprint.post("/<int:item_id>/undo")
@access.require("mailroom.handle")
def undo(item_id: int) -> Response:
    """It was logged by mistake."""
    actor, now = access.current_actor(), clock.now()
    return _do(item_id, Typed.sent(), lambda branch: service.undo_item(branch, item_id, actor, now),
               _("Taken back."), url_for("mail.index"))


@blueprint.post("/<int:item_id>/return")
@access.require("mailroom.handle")
def give_back(item_id: int) -> Response:
    """The carrier takes it back."""
    form, actor, now = Typed.sent(), access.current_actor(), clock.now()
    return _do(item_id, form, lambda branch: service.return_to_sender(
        branch, item_id, form.text("why"), actor, now), _("Noted: it goes back to its sender."), answer="why")


@blueprint.post("/<int:item_id>/return-undo")
@access.require("mailroom.handle")
def undo_give_back(item_id: int) -> Response:
    """It did not go back after all."""
    actor, now = access.current_actor(), clock.now()
    return _do(item_id, Typed.sent(), lambda branch: service.undo_return(branch, item_id, actor, now),
               _("Taken back."))


def page(item: MailItem, form: Typed, status: int | None = None, found: list[Any] | None = None) -> Response:
    """The page of a piece."""
    branch, now = access.current_branch(), clock.now()
    policy, today = loading.policy_of(branch.id), clock.local_date(now, branch.timezone)
    days = storing.days_to_pay(branch, item, policy, today) if item.is_here and policy.fee_per_day else 0
    undoable = now <= item.received_at + states.UNDO and item.is_here
    template = "staff/mail/show.html"
    handover = queries.handover(branch.id, item.handover_id) if item.handover_id else None
    requests = queries.requests_of([item.id])[item.id]
    return htmx.page_or_fragment(
        template, template, status=status or (422 if form.errors or form.notes else 200), item=item, form=form,
        requests=requests, zone=branch.timezone, days=days, policy=policy,
        undoables={each.id for each in requests if service.is_undoable(each, item, now)},
        found=found or [], handover=handover, undoable=undoable, spoken=item.kind in states.SPOKEN,
        returns=item.state == "returned" and item.closed_at is not None and now <= item.closed_at + states.UNDO)


def _find(text: str) -> list[Any]:
    return [row for row in lists.find(access.current_branch().id, text[:120], FOUND) if row.archived_at is None]


def _do(item_id: int, form: Typed, work: Any, thanks: str, onwards: str = "", **aliases: str) -> Response:
    """Do it and say so; a refusal comes back on the page of the piece."""
    status = attempt(form, work, **aliases)
    if status is not None:
        found = queries.load(access.current_branch().id, item_id)
        if found is None:
            raise NotFound(_("There is no such piece of mail."))
        return page(found, form, status, _find(form.text("q")) if form.text("q") else None)
    htmx.toast(thanks)
    return htmx.redirect(onwards or url_for("mail.show", item_id=item_id))
