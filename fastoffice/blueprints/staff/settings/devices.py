"""Devices of the branch: the lobby's tablet and the panels at the doors; paired by a code, ended by one click."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from fastoffice import clock, htmx
from fastoffice.blueprints.forms import StaffForm, at_most, attempt, needed, options
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.bookings.queries import resources as rooms
from fastoffice.errors import Refusal
from fastoffice.identity import access, devices
from fastoffice.identity.devices import Offer

KINDS: dict[str, Any] = {"kiosk": _l("Lobby tablet"), "panel": _l("Door panel")}


class DeviceForm(StaffForm):
    """What is going to be paired, and where it stands."""

    place = SelectField(_l("Device"), validate_choice=False)
    name = StringField(_l("Where it stands"), [needed(), at_most(80)])

    def offer(self, branch_id: int) -> None:
        """The tablet, and a panel for each room."""
        panels = [(f"panel:{row.id}", _("Door panel: %(room)s", room=row.name)) for row in rooms.resources(branch_id)]
        self.place.choices = options([("kiosk", KINDS["kiosk"]), *panels])

    def chosen(self) -> tuple[str, int | None]:
        """(kind, room) among those on offer. Raises Refusal."""
        if self.place.data not in {value for value, *_rest in self.place.choices}:
            raise Refusal(_l("Choose one of the devices."), field="place")
        kind, _colon, room = str(self.place.data).partition(":")
        return kind, int(room) if room else None


@blueprint.get("/devices")
@access.require("devices.manage")
def devices_page() -> Response:
    """What is paired, and when it was seen."""
    return _page(_form())


@blueprint.post("/devices")
@access.require("devices.manage")
@writes
def offer_code() -> Response:
    """Make a code; it is shown here and never again."""
    form, made = _form(), list[Offer]()
    status = attempt(form, lambda: made.append(_offer(form)))
    return _page(form, status=status or 200, offer=made[0] if made else None)


@blueprint.post("/devices/<int:device_id>/ending")
@access.require("devices.manage")
@writes
def end_device(device_id: int) -> Response:
    """It was stolen, or is used no more."""
    devices.end_device(access.current_branch(), device_id, access.current_actor(), clock.now())
    htmx.toast(_("The device is ended: it may do nothing any more."))
    return htmx.redirect(url_for("settings.devices_page"))


def _form() -> DeviceForm:
    form = DeviceForm()
    form.offer(access.current_branch().id)
    if request.method == "GET":
        form.place.data = "kiosk"
    return form


def _offer(form: DeviceForm) -> Offer:
    kind, room = form.chosen()
    return devices.offer_code(access.current_branch(), kind, form.name.data or "", access.current_actor(), clock.now(),
                              resource_id=room)


def _page(form: DeviceForm, *, status: int = 200, offer: Offer | None = None) -> Response:
    base, kind = current_app.config["SETTINGS"].base_url, str(form.place.data or "kiosk").partition(":")[0]
    response = page("devices", form=form, status=status, offer=offer, kinds=KINDS, now=clock.now(),
                    rows=devices.devices_of(access.current_branch().id), address=base + devices.ROOTS.get(kind, "/"))
    response.headers["Cache-Control"] = "no-store"
    return response
