"""What most screens are looked at with: the cast of two branches, their browsers, a client with December's invoice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings.models import Resource
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import PRIVATE, at, issue_month
from tests.factories.people import Cast, make_cast
from tests.factories.portal import come_in, let_in
from tests.factories.remembered import remembered
from tests.factories.rooms import make_room
from tests.web.browser import Browser


@pytest.fixture
def day_one() -> Iterator[None]:
    """It is ten o'clock of 1 December in Mexico City."""
    with clock.fixed_at(at(1)):
        yield


@pytest.fixture
def day_two() -> Iterator[None]:
    """It is ten o'clock of 2 December in Mexico City."""
    with clock.fixed_at(at(2)):
        yield


@pytest.fixture
def cast(app) -> Cast:
    """Two branches and their people."""
    return make_cast()


@pytest.fixture
def mariana(app, cast) -> Browser:
    """Reception's browser."""
    return Browser.of(app, cast.mariana)


@pytest.fixture
def manager(app, cast) -> Browser:
    """The manager's browser."""
    return Browser.of(app, cast.manager)


@pytest.fixture
def juarez(cast) -> Resource:
    """A room of Polanco."""
    return make_room(cast.polanco, "Sala Juárez")


@pytest.fixture
def guemes(cast) -> Client:
    """A client of Polanco with December's invoice: 10,324.00 until day 5, 12,354.00 after it."""
    def make() -> None:
        client = make_client(cast.polanco, "Logística Güemes López, S.C.", tax_id="LGL850313D98")
        make_contract(client, lines=PRIVATE)
        issue_month(cast.polanco)

    remembered("guemes", make)
    return db.session.scalars(sa.select(Client).where(Client.tax_id == "LGL850313D98")).one()


@pytest.fixture
def laura(guemes, client: Browser) -> Browser:
    """The browser of Güemes's contact, in the portal."""
    come_in(client, let_in(guemes))
    return client
