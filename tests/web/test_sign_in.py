"""Mariana signs in, forgets her password, leaves; strangers get nowhere and learn nothing."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit.models import AuditEntry
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.identity import service
from fastoffice.identity.mail import links, password_link
from fastoffice.identity.models import User
from fastoffice.notifications.models import Notice
from tests.doubles import outbox as box
from tests.factories.people import ACTOR, PASSWORD, Cast, make_cast
from tests.web.browser import Browser, htmx_headers

NEW = "otra contraseña larga"


@pytest.fixture
def cast(app: object) -> Cast:
    return make_cast()


def test_mariana_signs_in_and_sees_her_account(cast: Cast, client: Browser) -> None:
    answer = client.sign_in(cast.mariana)
    assert (answer.status_code, answer.location) == (302, "/staff/")
    page = client.get("/account/")
    assert page.status_code == 200
    assert "Mariana Ruiz" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(cast: Cast, client: Browser) -> None:
    wrong = client.sign_in(cast.mariana, "no es esta")
    unknown = client.sign_in("nadie@fastoffice.example", "no es esta")
    assert wrong.status_code == unknown.status_code == 422
    assert _notices(wrong.text) == _notices(unknown.text) == ["Correo o contraseña incorrectos."]
    assert "mariana@fastoffice.example" in wrong.text, "what was typed stays"
    assert client.get("/account/").status_code == 303


def test_a_deactivated_account_gets_the_same_answer_as_a_wrong_password(cast: Cast, client: Browser) -> None:
    transaction.run(lambda: service.deactivate(ACTOR, db.session.merge(cast.mariana), version=1))
    answer = client.sign_in(cast.mariana)
    assert answer.status_code == 422
    assert _notices(answer.text) == ["Correo o contraseña incorrectos."]


def test_a_new_secret_key_leaves_passwords_as_they_are(cast: Cast, client: Browser) -> None:
    config = client.application.config
    before = config["SECURITY_PASSWORD_SALT"]
    config["SECURITY_PASSWORD_SALT"] = "another"
    answer = client.sign_in(cast.mariana)
    config["SECURITY_PASSWORD_SALT"] = before
    assert answer.status_code == 302


def test_the_way_back_after_sign_in_stays_inside(cast: Cast, client: Browser) -> None:
    asked = client.get("/account/?tab=1")
    assert asked.location == "/sign-in?next=/account/?tab%3D1"
    assert client.sign_in(cast.mariana, next="/account/?tab=1").location == "/account/?tab=1"


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "/staff/../../evil",
    "javascript:alert(1)", "/staff//evil.example", "/sign-out", "/static/js/app.js", "http://testserver.evil.example/staff/",
    "http://[", "",
])
def test_next_never_leads_elsewhere(cast: Cast, client: Browser, target: str) -> None:
    answer = client.sign_in(cast.mariana, next=target)
    assert (answer.status_code, answer.location) == (302, "/staff/")


def test_a_password_longer_than_any_is_only_a_wrong_one(cast: Cast, client: Browser) -> None:
    assert client.sign_in(cast.mariana, "x" * 100_000).status_code == 422
    client.sign_in(cast.mariana)
    new = {"new_password": "y1" * 5_000, "new_password_confirm": "y1" * 5_000}
    assert client.post("/account/password", data={"password": "x" * 100_000, **new}).status_code == 422
    told = client.post("/account/password", data={"password": PASSWORD, **new})
    assert "Una contraseña tiene 200 caracteres como máximo." in told.text


def test_a_way_back_that_is_no_address_leads_nowhere(cast: Cast, client: Browser) -> None:
    assert client.post("/account/", headers={"Referer": "http://["}).location == "/sign-in"
    assert client.post("/sign-in?next=http://[", data={"email": "x@fastoffice.example"}).status_code == 422
    assert client.get("/nowhere", headers={"Referer": "http://["}).status_code == 404


def test_the_old_cookie_is_dead_after_sign_out(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana)
    kept = client.cookie()
    assert client.sign_out().location == "/sign-in"
    client.show_cookie(kept)
    assert client.get("/account/").status_code == 303


def test_sign_out_ends_only_the_session_at_this_desk(cast: Cast, client: Browser) -> None:
    at_home = client.application.test_client()
    client.sign_in(cast.mariana)
    at_home.sign_in(cast.mariana)
    client.sign_out()
    assert at_home.get("/account/").status_code == 200


def test_every_session_ends_when_the_password_changes(cast: Cast, client: Browser) -> None:
    at_home = client.application.test_client()
    at_home.sign_in(cast.mariana)
    client.sign_in(cast.mariana)
    kept = client.cookie()
    form = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert client.post("/account/password", data=form).location == "/account/"
    assert client.get("/account/").status_code == 200, "whoever changed it stays"
    assert at_home.get("/account/").status_code == 303
    client.show_cookie(kept)
    assert client.get("/account/").status_code == 303
    assert client.sign_in(cast.mariana).status_code == 422
    assert client.sign_in(cast.mariana, NEW).status_code == 302


def test_every_session_ends_when_the_role_changes(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana)
    user_id, branch_id = cast.mariana.id, cast.polanco.id

    def promote() -> None:
        user, branch = db.session.get_one(User, user_id), db.session.get_one(Branch, branch_id)
        service.change_access(ACTOR, user, role="manager", branches=[branch], name="Mariana", version=1)

    transaction.run(promote)
    assert client.get("/account/").status_code == 303


@pytest.mark.parametrize(("password", "message"), [
    ("corta", "Una contraseña tiene 10 caracteres o más."),
    ("aaaaaaaaaaaaaa", "Esa contraseña es muy fácil de adivinar."),
    (PASSWORD, "La contraseña nueva es la anterior."),
])
def test_a_poor_new_password_is_refused_beside_its_field(
    cast: Cast, client: Browser, password: str, message: str
) -> None:
    client.sign_in(cast.mariana)
    form = {"password": PASSWORD, "new_password": password, "new_password_confirm": password}
    answer = client.post("/account/password", data=form)
    assert answer.status_code == 422
    assert message in answer.text


def test_mariana_recovers_her_password_by_the_link_in_the_mail(cast: Cast, client: Browser) -> None:
    answer = client.post("/recover", data={"email": "Mariana@fastoffice.example"})
    assert answer.status_code == 303
    notice = db.session.query(Notice).one()
    assert (notice.kind, notice.subject_id) == ("account_recovery", cast.mariana.id)
    assert "recover" not in str(notice.context), "the outbox keeps no secret"
    path = links([notice.id])[notice.id]["account_link"].removeprefix("http://testserver")
    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": NEW, "password_confirm": NEW}).location == "/sign-in"
    assert client.sign_in(cast.mariana, NEW).status_code == 302
    client.sign_out()
    assert client.get(path).location == "/recover", "a link works once"


def test_a_scanner_that_opens_the_link_does_not_use_it_up(cast: Cast, client: Browser) -> None:
    path = password_link(cast.mariana).removeprefix("http://testserver")
    scanner = client.application.test_client()
    for _turn in range(3):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
    assert client.post(path, data={"password": NEW, "password_confirm": NEW}).location == "/sign-in"
    assert client.sign_in(cast.mariana, NEW).status_code == 302


def test_a_deactivated_persons_session_and_links_are_dead(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana)
    path, user_id = password_link(cast.mariana).removeprefix("http://testserver"), cast.mariana.id
    transaction.run(lambda: service.deactivate(ACTOR, db.session.get_one(User, user_id), version=1))
    assert client.get("/account/").status_code == 303
    assert client.get(path).location == "/recover"


def test_the_mail_itself_carries_the_link_to_our_address(cast: Cast, client: Browser) -> None:
    folder = client.application.config["SETTINGS"].instance / "outbox"
    others = set(folder.glob("*.eml"))
    client.post("/recover", data={"email": cast.mariana.email})
    with box.mail_server(client.application, None):
        assert box.send(clock.now()).sent == 1
    (file,) = set(folder.glob("*.eml")) - others
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    file.unlink()
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    link = re.search(r"http://testserver(/recover/\S+)", text)
    assert link is not None
    assert "Mariana Ruiz" in text
    assert client.get(link[1]).status_code == 200


def test_a_changed_password_is_told_by_mail_and_logged(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana)
    client.post("/account/password", data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})
    assert db.session.scalars(sa.select(Notice.kind)).all() == ["account_changed"]
    last = sa.select(AuditEntry).where(AuditEntry.branch_id == cast.polanco.id).order_by(AuditEntry.id.desc())
    entry = db.session.scalars(last.limit(1)).one()
    assert (entry.actor, entry.action) == ("Mariana Ruiz", "user.password_changed")


def test_recovery_says_the_same_for_an_address_without_account(cast: Cast, client: Browser) -> None:
    known = client.post("/recover", data={"email": cast.mariana.email}, follow_redirects=True)
    other = client.application.test_client()
    unknown = other.post("/recover", data={"email": "nadie@fastoffice.example"}, follow_redirects=True)
    assert "Si hay una cuenta para mariana@fastoffice.example" in known.text
    assert "Si hay una cuenta para nadie@fastoffice.example" in unknown.text
    assert db.session.query(Notice).count() == 1


def test_a_forged_host_reaches_no_mail(cast: Cast, client: Browser) -> None:
    forged = client.post("/recover", data={"email": cast.mariana.email}, headers={"Host": "evil.example"})
    assert forged.status_code == 400
    assert db.session.query(Notice).count() == 0
    with client.application.test_request_context(headers={"Host": "localhost"}):
        assert password_link(cast.mariana).startswith("http://testserver/recover/")


def test_a_forged_host_behind_a_proxy_header_changes_no_link(cast: Cast, client: Browser) -> None:
    client.post("/recover", data={"email": cast.mariana.email}, headers={"X-Forwarded-Host": "evil.example"})
    notice = db.session.query(Notice).one()
    assert links([notice.id])[notice.id]["account_link"].startswith("http://testserver/recover/")


def test_forms_without_their_token_do_nothing(cast: Cast, client: Browser) -> None:
    form = {"email": cast.mariana.email, "password": PASSWORD}
    assert client.post("/sign-in", data=form, csrf=False).status_code == 400
    client.sign_in(cast.mariana)
    refused = client.post("/sign-out", csrf=False)
    assert refused.status_code == 400
    assert "vuelva a intentar" in refused.text
    assert client.get("/account/").status_code == 200, "still signed in"


def test_signing_out_by_a_link_is_not_possible(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account/").status_code == 200


def test_a_session_that_ended_inside_a_fragment_leads_to_the_sign_in_page_and_back(
    cast: Cast, client: Browser
) -> None:
    answer = client.get("/account/", headers=htmx_headers("/account/?tab=2"))
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/account/?tab%3D2"


def test_a_form_sent_after_the_session_ended_saves_nothing_and_leads_back(
    cast: Cast, client: Browser
) -> None:
    client.sign_in(cast.mariana)
    other = client.application.test_client()
    other.show_cookie(client.cookie())
    other.sign_out()
    answer = client.post("/account/", data={"full_name": "Otra"}, headers={"Referer": "http://localhost/account/"})
    assert answer.location == "/sign-in?next=/account/"
    assert cast.mariana.full_name == "Mariana Ruiz"


def test_there_is_no_remember_me(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana, remember="y")
    assert client.get_cookie("remember_token") is None


def test_no_token_in_a_header_and_no_json_door(cast: Cast, client: Browser) -> None:
    body = {"email": cast.mariana.email, "password": PASSWORD}
    answer = client.post("/sign-in?include_auth_token", json=body, headers={"Accept": "application/json"})
    assert "authentication_token" not in answer.text
    with client.application.test_request_context():
        token = db.session.get_one(User, cast.mariana.id).get_auth_token()
    stranger = client.application.test_client()
    assert stranger.get("/account/", headers={"Authentication-Token": token}).status_code == 303


def _notices(page: str) -> list[str]:
    """The messages on top of a form."""
    return re.findall(r'<div class="notice bad"[^>]*>.*?<p>(.*?)</p>', page, re.DOTALL)
