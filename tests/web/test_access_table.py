"""Every route × every kind of actor, against the table; a route without a row fails the build."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from fastoffice import create_app
from fastoffice.config import read_settings
from fastoffice.extensions import db, limiter
from fastoffice.identity.devices import COOKIES, ROOTS
from fastoffice.identity.models import PortalAccess
from fastoffice.identity.permissions import PERMISSIONS, allows
from fastoffice.identity.portal import WHAT
from tests.conftest import its_own_limits, rolled_back
from tests.factories.devices import paired
from tests.factories.people import Cast, make_cast
from tests.factories.portal import come_in, let_in
from tests.web import device_access as device
from tests.web import portal_access as portal
from tests.web.access_table import EVERYBODYS, FORMS, PREPARE, PUBLIC, RECORD_IN_FORM, SAMPLES, SIGNED_IN, TABLE
from tests.web.browser import Browser

DEVICES = {"tablet": ("kiosk", "polanco"), "panel": ("panel", "polanco"), "tablet of Tijuana": ("kiosk", "tijuana")}
ROLES = {"mariana": "receptionist", "manager": "manager", "accountant": "accountant", "network": "network",
         "stranger": "receptionist"}


def all_rules() -> list[Rule]:
    """The routes of the product, read once from an application that serves nobody."""
    instance = tempfile.mkdtemp(prefix="fo-routes-")
    settings = read_settings({"FASTOFFICE_ENV": "test", "FASTOFFICE_INSTANCE": instance})
    return list(create_app(settings, RATELIMIT_STORAGE_URI="memory://").url_map.iter_rules())


def routes() -> Iterator[tuple[str, str]]:
    """(endpoint, method) of every route, as seen by the application itself."""
    seen = set()
    for rule in all_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if (rule.endpoint, method) not in seen:
                seen.add((rule.endpoint, method))
                yield rule.endpoint, method


ROUTES = sorted(routes())


@dataclass(frozen=True)
class Stage:
    """The cast's row ids by name and their sign-in cookies: made once, every route finds them as they were."""

    app: Flask
    connection: sa.Connection
    ids: dict[str, tuple[type, int]]
    cookies: dict[str, str]

    def cast(self) -> Cast:
        """Read anew, all of a kind at once: this is asked for a thousand times."""
        kinds: dict[type[Any], list[int]] = {}
        for model, key in self.ids.values():
            kinds.setdefault(model, []).append(key)
        rows = {(model, row.id): row for model, keys in kinds.items()
                for row in db.session.scalars(sa.select(model).where(model.id.in_(keys)))}
        return Cast(**{name: rows[place] for name, place in self.ids.items()})

    def browser_of(self, actor: str | None) -> Browser:
        browser: Browser = self.app.test_client()  # type: ignore[assignment]
        if actor in DEVICES:
            browser.set_cookie(COOKIES[DEVICES[actor][0]], self.cookies[actor])
        elif actor is not None:
            browser.show_cookie(self.cookies[actor])
        return browser


@pytest.fixture(scope="module")
def stage(session_app: Flask) -> Iterator[Stage]:
    its_own_limits(session_app)
    with session_app.app_context(), rolled_back() as connection:
        cast, cookies = make_cast(), {}
        for actor in ROLES:
            browser: Browser = session_app.test_client()  # type: ignore[assignment]
            browser.sign_in(getattr(cast, actor))
            cookies[actor] = browser.cookie()
        contacts = {portal.CONTACT: portal.its_client(cast), portal.OTHER: portal.another_client(cast)}
        for actor, client in contacts.items():
            browser = session_app.test_client()  # type: ignore[assignment]
            come_in(browser, let_in(client))
            cookies[actor] = browser.cookie()
        browser = session_app.test_client()  # type: ignore[assignment]
        browser.show_cookie(cookies["mariana"])
        browser.post(f"/staff/clients/{contacts[portal.CONTACT].id}/portal-view")
        cookies[portal.VIEWER] = browser.cookie()
        for actor, (kind, branch) in DEVICES.items():
            cookies[actor] = paired(getattr(cast, branch), kind)[1]
        ids = {each.name: (type(row), row.id) for each in fields(Cast) for row in [getattr(cast, each.name)]}
        db.session.remove()
        yield Stage(session_app, connection, ids, cookies)


@pytest.fixture
def scene(stage: Stage) -> Iterator[Stage]:
    """What one route did is undone before the next."""
    its_own_limits(stage.app)
    undone = stage.connection.begin_nested()
    yield stage
    db.session.remove()
    undone.rollback()


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    endpoints = {endpoint for endpoint, _method in ROUTES}
    assert endpoints - set(TABLE) == set(), "add a row to tests/web/access_table.py"
    assert set(TABLE) - endpoints == set(), "rows of routes that are gone"


def test_rows_name_permissions_that_exist() -> None:
    words = {device.KIOSK, device.PANEL, portal.ANY, portal.CLIENT, *(f"portal:{what}" for what in WHAT)}
    assert set(TABLE.values()) <= {PUBLIC, SIGNED_IN, *PERMISSIONS, *words}


@pytest.mark.parametrize(("endpoint", "method"), ROUTES, ids=[f"{method}-{name}" for name, method in ROUTES])
def test_the_route_answers_each_actor_as_the_table_says(endpoint: str, method: str, scene: Stage) -> None:
    row, app, cast = TABLE[endpoint], scene.app, scene.cast()
    PREPARE.get(endpoint, lambda _cast: None)(cast)
    address, is_record = _address(app, endpoint, method, cast)

    def ask(actor: str | None) -> TestResponse:
        browser = scene.browser_of(actor)
        form = FORMS.get(endpoint, {}) if method != "GET" else None
        return browser.open(address, method=method, data=form, headers={"X-Device-Call": "1"})

    _devices_stay(ask, endpoint, address)
    if row.startswith("device:"):
        _device_answers(ask, row.removeprefix("device:"), is_record)
        return
    if row == PUBLIC:
        for anybody in (None, portal.CONTACT):
            assert ask(anybody).status_code not in {401, 403, 500}
        return
    assert _leads_to_sign_in(ask(None), row), "nobody must sign in first"
    if row.startswith("portal:"):
        _portal_answers(ask, endpoint, row, method, is_record)
        return
    if row == portal.CLIENT:
        assert {ask(actor).status_code for actor in ROLES} == {404}
        assert ask(portal.CONTACT).status_code not in {401, 403, 404, 405, 500}
        return
    if endpoint not in portal.ACCOUNTS:
        assert ask(portal.CONTACT).status_code == 404, "for a client's contact the staff's pages do not exist"
    allowed = [actor for actor, role in ROLES.items() if row == SIGNED_IN or allows([role], row)]
    for actor in set(ROLES) - set(allowed):
        assert ask(actor).status_code == 403, actor
    if "stranger" in allowed and is_record:
        allowed.remove("stranger")
        assert ask("stranger").status_code == 404, "another branch's record does not exist"
    for turn, actor in enumerate(allowed):
        answer = ask(actor)
        assert answer.status_code not in {401, 403, 405, 500}, actor
        assert answer.status_code != 404 or turn > 0, f"{actor} may, but does not find it"
        assert not _leads_to_sign_in(answer), actor


def _devices_stay(ask: Callable[[str | None], TestResponse], endpoint: str, address: str) -> None:
    """There is no way out of a device's own pages."""
    for actor, (kind, _branch) in DEVICES.items():
        if endpoint not in device.OPEN and not address.startswith(ROOTS[kind]):
            answer = ask(actor)
            assert (answer.status_code, answer.location) == (303, ROOTS[kind]), actor


def _device_answers(ask: Callable[[str | None], TestResponse], kind: str, is_record: bool) -> None:
    """Devices of this kind and nobody else, whoever is signed in; each in its own branch."""
    others = [actor for actor, (its_kind, _branch) in DEVICES.items() if its_kind == kind]
    for actor in (None, *ROLES, portal.CONTACT, portal.VIEWER):
        assert ask(actor).status_code == 401, f"{actor} is no device"
    for actor in others:
        answer = ask(actor).status_code
        if is_record and DEVICES[actor][1] == "tijuana":
            assert answer == 404, "another branch's record does not exist"
        else:
            assert answer not in {401, 403, 404, 405, 500}, actor
        limiter.reset()


def _portal_answers(
    ask: Callable[[str | None], TestResponse], endpoint: str, row: str, method: str, is_record: bool
) -> None:
    """The contact in, staff only when viewing and only by reading, strangers and those who may not see this out."""
    for actor in ROLES:
        assert _leads_to_sign_in(ask(actor), row), f"{actor} is nobody's contact"
    looked = ask(portal.VIEWER).status_code
    if method != "GET":
        assert looked == 403, "who views as the client changes nothing"
    elif endpoint in portal.CONTACTS_OWN:
        assert looked == 404
    else:
        assert looked not in {401, 403, 404, 500}
    if is_record and endpoint not in portal.OF_THE_BRANCH:
        assert ask(portal.OTHER).status_code == 404, "another client's record does not exist"
    answer = ask(portal.CONTACT)
    assert answer.status_code not in {401, 403, 405, 500}
    assert answer.status_code != 404 or endpoint in portal.NAMES_A_RECORD
    assert not _leads_to_sign_in(answer, row)
    if row != portal.ANY:
        others = [what for what in WHAT if what != row.removeprefix("portal:")]
        db.session.execute(sa.update(PortalAccess).values(may=others))
        limiter.reset()
        assert ask(portal.CONTACT).status_code == 403, "their access does not include it"


def _address(app: Flask, endpoint: str, method: str, cast: Cast) -> tuple[str, bool]:
    """An address of the endpoint with samples filled in, and whether a branch's record stands in it."""
    rule = next(each for each in app.url_map.iter_rules(endpoint) if method in (each.methods or set()))
    values = {}
    for name in rule.arguments:
        sample = SAMPLES.get(f"{endpoint}:{name}") or SAMPLES.get(name)
        assert sample is not None, f"add a sample of “{name}” to tests/web/access_table.py"
        values[name] = sample(cast)
    built = app.url_map.bind("localhost").build(endpoint, values, method=method)
    return built, (bool(values) and endpoint not in EVERYBODYS) or endpoint in RECORD_IN_FORM


def _leads_to_sign_in(answer: TestResponse, row: str = "") -> bool:
    door = "/portal/sign-in" if row.startswith("portal:") or row == portal.CLIENT else "/sign-in"
    return answer.status_code in {302, 303} and (answer.location or "").startswith(door)
