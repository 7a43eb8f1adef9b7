"""Online payments: the branch's own account at Stripe. Keys go in and are never shown again."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, SelectMultipleField

from fastoffice import htmx
from fastoffice.blueprints.forms import StaffForm, at_most, attempt, options
from fastoffice.blueprints.staff.settings.branch import version_of
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.documents.qr import qr_png
from fastoffice.extensions import limiter
from fastoffice.guests import queries as guest_rooms
from fastoffice.guests import service as guests
from fastoffice.guests.errors import NotOnline
from fastoffice.identity import access
from fastoffice.payments import names
from fastoffice.payments.gateway.sealing import SealBroken
from fastoffice.payments.models import CardAccount
from fastoffice.payments.rules import ONLINE
from fastoffice.payments.service.online import accounts

SAID: dict[str, tuple[Any, htmx.Kind]] = {
    "ok": (_l("Stripe knows this key: everything is ready."), "success"),
    "refused": (_l("Stripe does not accept this key. Copy it again from Stripe's dashboard and save it here."),
                "error"),
    "away": (_l("Stripe does not answer at this moment. Your key stays as it is; try again in a few minutes."),
             "warning"),
    "none": (_l("Save a secret key first."), "info"),
    "broken": (_l("The key can't be read any more. Enter it again."), "error"),
}


class OnlineForm(StaffForm):
    """What the branch takes online, and with which keys."""

    version = HiddenField()
    is_enabled = BooleanField(_l("Clients can pay online"))
    methods = SelectMultipleField(_l("Means"), validate_choice=False,
                                  choices=options((name, names.ONLINE[name]) for name in ONLINE))
    secret_key = PasswordField(_l("Secret key"), [at_most(255)])
    webhook_secret = PasswordField(_l("Signing secret of the webhook"), [at_most(255)])


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be said of an account without giving its secrets away."""

    address: str = ""
    key_hint: str = ""
    is_live: bool = False
    is_enabled: bool = False
    secrets_in_use: int = 0
    is_broken: bool = False


@blueprint.get("/online")
@access.require("settings.view")
def online() -> Response:
    """Keys, means, and the address that Stripe calls."""
    account = accounts.of_branch(access.current_branch().id)
    form = OnlineForm(obj=account)
    form.version.data = account.version if account else 0
    return _page(form, account)


@blueprint.post("/online")
@access.require("settings.edit")
@writes
def save_online() -> Response:
    """Save; empty keys leave those that are there."""
    ours, form = access.current_branch(), OnlineForm()
    status = attempt(form, lambda: accounts.save(
        ours, access.current_actor(), is_enabled=bool(form.is_enabled.data), methods=form.methods.data or (),
        secret_key=form.secret_key.data or "", webhook_secret=form.webhook_secret.data or "",
        version=version_of(form)))
    if status:
        return _page(form, accounts.of_branch(ours.id), status)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.online"))


@blueprint.post("/online/check")
@access.require("settings.edit")
@limiter.limit("12 per minute")
def check_online() -> Response:
    """Ask Stripe whether it knows the key. Writes nothing."""
    words, kind = SAID[accounts.check(access.current_branch().id)]
    htmx.toast(str(words), kind)
    return htmx.redirect(url_for("settings.online"))


def _page(form: OnlineForm, account: CardAccount | None, status: int = 200) -> Response:
    return page("online", form=form, standing=_standing(account), status=status, methods=names.ONLINE,
                guest_page=_guest_page())


@dataclass(frozen=True, slots=True)
class GuestPage:
    """Where outside guests rent rooms, the same as a QR, and whether they can."""

    address: str
    picture: str
    rooms: int
    is_open: bool


def _guest_page() -> GuestPage:
    ours = access.current_branch()
    base = current_app.config["SETTINGS"].base_url
    address = f"{base}{url_for('guests.rooms', code=ours.code.lower())}"
    picture = f"data:image/png;base64,{base64.b64encode(qr_png(address)).decode()}"
    try:
        guests.check_branch(ours)
        is_open = True
    except NotOnline:
        is_open = False
    return GuestPage(address, picture, len(guest_rooms.rooms(ours.id)), is_open)


def _standing(account: CardAccount | None) -> Standing:
    if account is None:
        return Standing()
    try:
        in_use, is_broken = len(accounts.webhook_secrets(account)), False
        if account.secret_key_sealed:
            accounts.gateway(account)
    except SealBroken:
        in_use, is_broken = 0, True
    base = current_app.config["SETTINGS"].base_url
    return Standing(f"{base}{url_for('webhooks.stripe', public_id=account.public_id)}", account.key_hint,
                    account.livemode, account.is_enabled, in_use, is_broken)
