"""Twins: with a guard taken away, what it prevents happens. So the guards' own tests can fail."""

from __future__ import annotations

import pytest

from fastoffice import transaction
from fastoffice.branches.models import Branch
from fastoffice.branches.service import settings as branch_settings
from fastoffice.extensions import db, limiter
from fastoffice.identity import access, service, sessions, views
from fastoffice.identity.models import User
from fastoffice.identity.service import users
from tests.factories.people import ACTOR, Cast, make_cast
from tests.web.browser import Browser
from tests.web.test_settings import POLICY

Patch = pytest.MonkeyPatch


@pytest.fixture
def cast(app: object) -> Cast:
    return make_cast()


def test_without_the_list_of_ended_sessions_an_old_cookie_lives(
    cast: Cast, client: Browser, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(sessions.service, "end_session", lambda _name, _lifetime: None)
    client.sign_in(cast.mariana)
    kept = client.cookie()
    client.sign_out()
    client.show_cookie(kept)
    assert client.get("/account/").status_code == 200


def test_without_a_new_uniquifier_a_session_outlives_its_role(
    cast: Cast, client: Browser, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(users, "end_all_sessions", lambda _user: None)
    client.sign_in(cast.mariana)
    user_id, branch_id = cast.mariana.id, cast.polanco.id
    transaction.run(lambda: service.change_access(
        ACTOR, db.session.get_one(User, user_id), role="manager",
        branches=[db.session.get_one(Branch, branch_id)], name="Mariana", version=1))
    assert client.get("/account/").status_code == 200


def test_without_the_allow_list_next_leads_to_any_page_of_ours(
    cast: Cast, client: Browser, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(views, "safe_next", lambda target: target)
    assert client.sign_in(cast.mariana, next="/static/js/app.js").location == "/static/js/app.js"


def test_without_its_version_the_second_tab_overwrites_the_first(
    cast: Cast, client: Browser, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(branch_settings, "_check_version", lambda _row, _version: None)
    client.sign_in(cast.manager)
    client.post("/staff/settings/policy", data={**POLICY, "version": "1"})
    client.post("/staff/settings/policy", data={**POLICY, "version": "1", "prompt_days": "9"})
    assert cast.polanco.policy.prompt_days == 9


def test_without_the_limiter_guessing_goes_on(cast: Cast, client: Browser, monkeypatch: Patch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    assert {client.sign_in(cast.mariana, f"intento {turn}").status_code for turn in range(12)} == {422}


def test_the_current_branch_decides_whose_records_exist(
    cast: Cast, client: Browser, monkeypatch: Patch
) -> None:
    row = cast.polanco.policy
    with client.application.test_request_context():
        monkeypatch.setattr(access, "current_branch", lambda: cast.tijuana)
        with pytest.raises(access.NotFound):
            access.owned(row)
        monkeypatch.setattr(access, "current_branch", lambda: cast.polanco)
        assert access.owned(row) is row
