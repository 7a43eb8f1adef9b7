"""Paired devices, as a manager and a tablet make them."""

from __future__ import annotations

from unittest import mock

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.identity import devices
from fastoffice.identity.devices import Device, service
from tests.factories.people import ACTOR


def offer(branch: Branch, kind: str = "kiosk", name: str = "Lobby", resource_id: int | None = None) -> devices.Offer:
    """The code that the manager is shown."""
    key = branch.id
    return transaction.run(lambda: devices.offer_code(
        db.session.get_one(Branch, key), kind, name, ACTOR, clock.now(), resource_id))


def paired(branch: Branch, kind: str = "kiosk", name: str = "Lobby", resource_id: int | None = None) -> tuple[Device, str]:
    """A device of the branch and its token. Nobody hears its PIN, so it is sealed by a single round, which is quick."""
    with mock.patch.object(service, "PIN_ROUNDS", 1):
        code = offer(branch, kind, name, resource_id).code
    return transaction.run(lambda: devices.pair(kind, code, clock.now()))
