"""Clients' contacts in the portal: let in as the staff does it, coming in as they do."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from werkzeug.test import TestResponse

from fastoffice import clock, transaction
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity.models import PortalAccess, PortalLink, User
from fastoffice.identity.portal import WHAT, granting, links
from tests.factories.people import ACTOR
from tests.web.browser import Browser


def door_of(client: Client, place: int = 0) -> granting.Door:
    """The way in through the client's contact at `place`."""
    contact = client.contacts[place]
    return granting.Door(
        client.id, client.branch_id, contact.id, contact.email, contact.name, client.language)


def let_in(client: Client, may: Sequence[str] = WHAT, *, place: int = 0) -> User:
    """The client's contact, invited by the staff."""
    door = door_of(db.session.get_one(Client, client.id), place)
    access = transaction.run(lambda: granting.invite(ACTOR, door, may, clock.now()).id)
    return db.session.get_one(PortalAccess, access).user


def entrance(email: str) -> str:
    """The address in the newest mail that lets this reader in."""
    query = sa.select(PortalLink.nonce).where(PortalLink.email == email).order_by(PortalLink.id.desc())
    return f"/portal/enter/{links.token_of(db.session.scalars(query).first())}"


def come_in(browser: Browser, user: User | str) -> TestResponse:
    """Write the address and press the button behind the newest link that this person was sent."""
    email = user if isinstance(user, str) else user.email
    return browser.post(entrance(email), data={"email": email})
