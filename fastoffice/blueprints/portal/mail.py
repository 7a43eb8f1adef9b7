"""What arrived for the client, what it asks to be done with it at which price, its scans, and who may collect."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.paging import neighbours, page_number
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.typed import Typed
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.documents.files import files
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.mailroom import errors, names, queries, service
from fastoffice.mailroom.models import MailItem, MailRequest
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import loading, nominees

Work = Callable[[Branch], object]


@blueprint.get("/mail")
@portal.require("mail")
def mail() -> Response:
    """What is here first, then what was."""
    return _page(Typed())


@blueprint.post("/mail/<int:item_id>/requests")
@own.at_most("60 per hour")
@portal.require("mail")
def ask_about_mail(item_id: int) -> Response:
    """Forward, scan, keep or destroy it, at the price that the page showed."""
    form, visitor, actor, now = Typed.sent(), portal.current(), portal.current_actor(), clock.now()
    key = _own_item(item_id).id
    kind = form.text("kind")
    wish = service.Wish(
        request_key=form.text("request_key") or secrets.token_hex(16), kind=kind, price=form.number(f"price-{kind}"),
        address=form.text("address"), until=form.day("until", required=False) if kind == states.HOLD else None,
        confirmed=form.on("confirmed"))
    return _do(form, lambda branch: service.ask(branch, visitor.client_id, key, wish, actor, now),
               _("We received it. You see here what becomes of it, and we write to you."), open_item=key)


@blueprint.post("/mail/requests/<int:wish_id>/withdrawal")
@own.at_most("60 per hour")
@portal.require("mail")
def withdraw_mail_request(wish_id: int) -> Response:
    """Take it back while nobody did it."""
    visitor, actor, now = portal.current(), portal.current_actor(), clock.now()
    _own_request(wish_id)
    return _do(Typed.sent(), lambda branch: service.withdraw(branch, visitor.client_id, wish_id, actor, now),
               _("Withdrawn."))


@blueprint.get("/mail/requests/<int:wish_id>/file")
@own.at_most("60 per minute")
@portal.require("mail")
def mail_scan(wish_id: int) -> Response:
    """A scan, as a download."""
    found = _own_request(wish_id)
    if found.file_sha256 is None:
        raise errors.NoSuchRequest
    return own.download(files().get(found.file_sha256), found.filename, found.media_type)


@blueprint.get("/mail/<int:item_id>/photo")
@own.at_most("120 per minute")
@portal.require("mail")
def mail_photo(item_id: int) -> Response:
    """The photo of a piece."""
    found = _own_item(item_id)
    if found.photo_sha256 is None:
        raise errors.NoSuchItem
    return own.download(files().get(found.photo_sha256), f"{found.id}.jpg", "image/jpeg")


@blueprint.post("/mail/people")
@own.at_most("30 per hour")
@portal.require("mail")
def name_collector() -> Response:
    """Let somebody collect."""
    form, visitor, actor, now = Typed.sent(), portal.current(), portal.current_actor(), clock.now()
    return _do(form, lambda _branch: nominees.name_one(
        db.session.get_one(Client, visitor.client_id), form.text("name"), form.text("pin"), actor, now), _("Saved."))


@blueprint.post("/mail/people/<int:nominee_id>/removal")
@own.at_most("30 per hour")
@portal.require("mail")
def end_collector(nominee_id: int) -> Response:
    """They may not collect any more."""
    visitor, actor, now = portal.current(), portal.current_actor(), clock.now()
    return _do(Typed.sent(), lambda _branch: nominees.end(
        db.session.get_one(Client, visitor.client_id), nominee_id, actor, now), _("Removed."))


def _do(form: Typed, work: Work, thanks: str, open_item: int | None = None) -> Response:
    branch_id = portal.current().branch_id
    if not form.errors:
        try:
            transaction.run(lambda: work(db.session.get_one(Branch, branch_id)))
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
    if form.errors or form.notes:
        return _page(form, open_item)
    flash(thanks, "success")
    return htmx.redirect(url_for("portal.mail"))


def _page(form: Typed, open_item: int | None = None) -> Response:
    visitor, branch = portal.current(), own.branch()
    page = queries.of_client(visitor.client_id, page_number())
    policy, today = loading.policy_of(branch.id), clock.local_date(clock.now(), branch.timezone)
    prices = [(kind, names.REQUESTS[kind], policy.price_of(kind)) for kind in states.REQUESTS]
    values: dict[str, Any] = {
        "first": today + timedelta(days=1), "farthest": today + timedelta(days=policy.hold_days)}
    return own.page("mail.html", status=422 if form.errors or form.notes else 200, form=form, page=page, names=names,
                    requests=queries.requests_of([each.id for each in page.rows]), prices=prices, policy=policy,
                    open_item=open_item, people=nominees.in_force(visitor.client_id), key=secrets.token_hex(16),
                    physical=states.PHYSICAL, **values, **neighbours(page, "portal.mail"))


def _own_item(item_id: int) -> MailItem:
    visitor = portal.current()
    found = queries.load(visitor.branch_id, item_id)
    if found is None or found.client_id != visitor.client_id or found.state == "undone":
        raise errors.NoSuchItem
    return found


def _own_request(wish_id: int) -> MailRequest:
    visitor = portal.current()
    found = queries.request(visitor.branch_id, wish_id)
    if found is None or found.client_id != visitor.client_id:
        raise errors.NoSuchRequest
    return found
