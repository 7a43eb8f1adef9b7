"""Words of a guest's booking on the staff's screens."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.guests import rules

STATES: dict[str, Any] = {
    rules.PAYING: _l("paying by card now"), rules.BOOKED: _l("paid"), rules.ENDED: _l("the hold ran out unpaid"),
    rules.LATE: _l("paid after the hold ran out: being looked at"),
    rules.LOST: _l("paid too late, the room was taken: the money goes back"),
    rules.CANCELLED: _l("cancelled and settled"), rules.OVER: _l("over")}
