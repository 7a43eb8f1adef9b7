"""Laura comes into the portal by her mail; others get nowhere and learn nothing; Mariana looks and changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit.models import AuditEntry
from fastoffice.clients.checks import ContactData
from fastoffice.clients.models import Client, ClientContact
from fastoffice.extensions import db
from fastoffice.identity.models import PortalAccess, PortalLink, User
from fastoffice.identity.portal import granting, links
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice
from tests.factories.contracts import make_client
from tests.factories.people import PASSWORD, Cast
from tests.factories.portal import come_in, door_of, entrance, let_in
from tests.web.browser import Browser

LAURA = "laura@guemes.mx"


@pytest.fixture
def guemes(cast: Cast) -> Client:
    return make_client(cast.polanco, "Logística Güemes López, S.C.", email=LAURA)


def ask(browser: Browser, email: str):
    return browser.post("/portal/sign-in", data={"email": email})


def mails(kind: str) -> list[Notice]:
    return list(db.session.scalars(sa.select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def is_inside(browser: Browser) -> bool:
    return browser.get("/portal/access").status_code == 200


def actions(client: Client) -> list[str]:
    query = sa.select(AuditEntry.action).where(AuditEntry.subject_type == "client",
                                               AuditEntry.subject_id == client.id).order_by(AuditEntry.id)
    return [action for action in db.session.scalars(query) if action.startswith("portal.")]


# Coming in


def test_whoever_gets_the_invoices_asks_for_a_link_and_comes_in(guemes: Client, client: Browser) -> None:
    answer = ask(client, " Laura@Guemes.mx ")
    assert (answer.status_code, answer.location) == (303, "/portal/sign-in")
    [mail] = mails("portal_link")
    assert (mail.party_id, mail.context["account_email"], mail.language) == (guemes.id, LAURA, "es")
    address = registry.values("portal_link", [mail.id])[mail.id]["portal_link"]
    assert address == f"http://testserver{entrance(LAURA)}"
    assert "Entrar" in client.get(entrance(LAURA)).text
    entered = come_in(client, LAURA)
    assert (entered.status_code, entered.location) == (303, "/portal/")
    assert "Logística Güemes López" in client.get("/portal/access").text
    assert actions(guemes) == ["portal.opened"]


def test_everybody_gets_the_same_answer_and_only_clients_a_mail(guemes: Client, cast: Cast, app) -> None:
    def answer_to(email: str) -> tuple[int, str]:
        browser: Browser = app.test_client()
        status = ask(browser, email).status_code
        page = browser.get("/portal/sign-in").text.replace(email, "…").partition("<main")[2]
        return status, re.sub(r'value="[^"]+"', "", page)

    answers = {answer_to(email) for email in (LAURA, "nadie@nunca.mx", cast.mariana.email, "ni siquiera un correo")}
    assert len(answers) == 1
    assert [mail.context["account_email"] for mail in mails("portal_link")] == [LAURA]


def test_machines_that_open_and_press_use_nothing_up_and_pressing_twice_enters_once(guemes: Client, app, client: Browser) -> None:
    ask(client, LAURA)
    address = entrance(LAURA)
    for _scanner in range(3):
        assert app.test_client().get(address).status_code == 200
    app.test_client().head(address)
    machine: Browser = app.test_client()
    assert machine.post(address).status_code == machine.post(address, data={"email": "otra@guemes.mx"}).status_code == 422
    assert client.post(address).location == "/portal/", "who asked in this browser writes nothing twice"
    other: Browser = app.test_client()
    assert other.post(address, data={"email": LAURA}).status_code == 404
    assert not is_inside(other)
    assert "otro" in other.get(address).text


def test_a_link_lasts_half_an_hour_an_invitation_a_week(guemes: Client, client: Browser) -> None:
    ask(client, LAURA)
    short = entrance(LAURA)
    user = let_in(guemes)
    long, now = entrance(user.email), clock.now()
    with clock.fixed_at(now + timedelta(minutes=29)):
        assert client.get(short).status_code == 200
    with clock.fixed_at(now + timedelta(minutes=31)):
        assert client.get(short).status_code == client.post(short).status_code == 404
        assert client.get(long).status_code == 200
    with clock.fixed_at(now + timedelta(days=8)):
        assert client.post(long).status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 24, "%00", "..%2F..%2Fetc"])
def test_a_guessed_link_opens_nothing(guemes: Client, client: Browser, token: str) -> None:
    assert client.get(f"/portal/enter/{token}").status_code == 404
    assert client.post(f"/portal/enter/{token}").status_code == 404


def test_the_second_of_two_at_the_same_moment_finds_the_link_used(guemes: Client, client: Browser) -> None:
    ask(client, LAURA)
    token = entrance(LAURA).rpartition("/")[2]
    first = transaction.run(lambda: links.use(token, clock.now()))
    second = transaction.run(lambda: links.use(token, clock.now()))
    assert (first, second) == (LAURA, None)


def test_no_token_is_kept_and_staff_read_no_link(guemes: Client, client: Browser, mariana: Browser) -> None:
    ask(client, LAURA)
    token = entrance(LAURA).rpartition("/")[2]
    link = db.session.scalars(sa.select(PortalLink)).one()
    assert token not in {link.nonce, link.token_hash}
    [mail] = mails("portal_link")
    assert token not in str(mail.context)
    assert mariana.get(f"/staff/outbox/{mail.deliveries[0].id}").status_code == 404
    assert LAURA not in mariana.get("/staff/outbox/").text


def test_a_link_that_ended_before_its_mail_went_is_not_sent(guemes: Client, client: Browser) -> None:
    ask(client, LAURA)
    [mail] = mails("portal_link")
    assert registry.still_true("portal_link", [mail.id]) == {mail.id}
    with clock.fixed_at(clock.now() + timedelta(hours=1)):
        assert registry.still_true("portal_link", [mail.id]) == set()


def test_who_asks_too_often_waits(guemes: Client, client: Browser) -> None:
    for _time in range(5):
        assert ask(client, LAURA).status_code == 303
    assert ask(client, "LAURA@guemes.mx").status_code == 429
    assert ask(client, "otra@guemes.mx").status_code == 303


def test_a_form_of_a_strangers_page_asks_for_nothing(guemes: Client, client: Browser) -> None:
    assert client.post("/portal/sign-in", data={"email": LAURA}, csrf=False).status_code == 400
    assert mails("portal_link") == []


def test_who_followed_a_link_of_ours_goes_on_there_and_never_elsewhere(guemes: Client, client: Browser) -> None:
    asked = client.get("/portal/access")
    assert asked.location == "/portal/sign-in?next=/portal/access"
    client.get(asked.location)
    ask(client, LAURA)
    assert come_in(client, LAURA).location == "/portal/access"
    for elsewhere in ("https://evil.example/portal/", "/staff/invoices/"):
        client.post("/portal/sign-out")
        client.get(f"/portal/sign-in?next={elsewhere}")
        ask(client, LAURA)
        assert come_in(client, LAURA).location == "/portal/"


# A password for those who like one


def test_she_sets_a_password_and_lands_in_the_portal(laura: Browser, guemes: Client, app) -> None:
    form = laura.get("/account/password")
    assert form.status_code == 200
    assert "/staff/" not in form.text
    changed = laura.post("/account/password", data={"new_password": PASSWORD, "new_password_confirm": PASSWORD})
    assert (changed.status_code, changed.location) == (302, "/portal/")
    other: Browser = app.test_client()
    answer = other.sign_in(LAURA)
    assert (answer.status_code, answer.location) == (302, "/portal/")
    assert is_inside(other)
    assert app.test_client().sign_in(LAURA, next="/staff/clients/").location == "/portal/"
    query = sa.select(AuditEntry.action).where(AuditEntry.branch_id == guemes.branch_id)
    assert "user.password_changed" in db.session.scalars(query).all()


def test_her_recovery_mail_is_signed_by_the_branch(laura: Browser, cast: Cast) -> None:
    laura.post("/portal/sign-out")
    laura.post("/recover", data={"email": LAURA})
    [mail] = mails("account_recovery")
    assert (mail.branch_id, mail.context["branch_name"]) == (cast.polanco.id, "Polanco")


# What she may see, and for how long


def test_going_out_ends_the_cookie_too(laura: Browser) -> None:
    cookie = laura.cookie()
    assert laura.post("/portal/sign-out").location == "/portal/sign-in"
    laura.show_cookie(cookie)
    assert not is_inside(laura)


def test_revoked_access_ends_at_once_and_no_link_opens_it_again(laura: Browser, guemes: Client, mariana: Browser) -> None:
    laura_is = db.session.scalars(sa.select(User).where(User.email == LAURA)).one()
    transaction.run(lambda: granting.send_invitation(
        db.session.scalars(sa.select(PortalAccess)).one(), door_of(guemes), clock.now()))
    found = re.search(r"/calendar/[\w.-]+", laura.post("/portal/rooms/calendar").text)
    assert found
    assert laura.get(found[0]).status_code == 200
    address = f"/staff/clients/{guemes.id}/portal/{guemes.contacts[0].id}/revocation"
    assert mariana.post(address).status_code == 303
    assert not is_inside(laura)
    assert laura.get(found[0]).status_code == 404, "the calendar that they subscribed to"
    assert come_in(laura, laura_is).status_code == 404
    ask(laura, LAURA)
    assert mails("portal_link") == []
    assert actions(guemes) == ["portal.invited", "portal.revoked"]


def test_mariana_invites_and_says_what_laura_sees(cast: Cast, guemes: Client, mariana: Browser, client: Browser) -> None:
    address = f"/staff/clients/{guemes.id}/portal"
    one = f"{address}/{guemes.contacts[0].id}"
    assert "Invitar" in mariana.get(address).text
    assert mariana.post(one, data={"may": ["invoices", "pay", "everything"]}).status_code == 303
    assert mariana.post(one, data={"may": ["invoices", "pay"]}).status_code == 303
    [mail] = mails("portal_invitation")
    assert (mail.party_id, mail.context["account_email"]) == (guemes.id, LAURA)
    access = db.session.scalars(sa.select(PortalAccess)).one()
    assert access.may == ["invoices", "pay"]
    come_in(client, LAURA)
    assert is_inside(client)
    mariana.post(one, data={"may": ["invoices"]})
    assert not is_inside(client), "a session ends when the access changes"
    assert mariana.post(one, data={}).status_code == 422
    assert mariana.post(one, data={"may": ["invoices"], "again": "y"}).status_code == 303
    assert len(mails("portal_invitation")) == 2


def test_what_a_contact_is_called_stays_text(cast: Cast, mariana: Browser, client: Browser) -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"
    guemes = make_client(cast.polanco, hostile, contacts=[ContactData(hostile, LAURA)])
    come_in(client, let_in(guemes))
    for page in (mariana.get(f"/staff/clients/{guemes.id}/portal"), client.get("/portal/access")):
        assert "<script>alert" not in page.text
        assert "{{7*7}}" in page.text


def test_the_staffs_own_addresses_are_no_contacts(cast: Cast, mariana: Browser) -> None:
    client = make_client(cast.polanco, email=cast.manager.email)
    address = f"/staff/clients/{client.id}/portal/{client.contacts[0].id}"
    assert mariana.post(address, data={"may": ["invoices"]}).status_code == 409
    assert db.session.scalar(sa.select(sa.func.count(PortalAccess.id))) == 0


@pytest.mark.parametrize("change", ["gone", "other address"])
def test_a_contact_who_leaves_the_file_is_out(laura: Browser, guemes: Client, change: str) -> None:
    def leave() -> None:
        contact = db.session.scalars(sa.select(ClientContact).where(ClientContact.client_id == guemes.id)).one()
        if change == "gone":
            db.session.delete(contact)
        else:
            contact.email = "sucesora@guemes.mx"

    assert is_inside(laura)
    transaction.run(leave)
    assert laura.get("/portal/access").location.startswith("/portal/sign-in")
    assert come_in(laura, LAURA).status_code == 404


def test_one_person_of_two_clients_changes_between_them_and_sees_no_third(cast: Cast, guemes: Client, client: Browser) -> None:
    second = make_client(cast.tijuana, "Energía Flores, S.C.", email=LAURA)
    third = make_client(cast.polanco, "Notaría Ibáñez", email="otra@ibanez.mx")
    let_in(guemes)
    come_in(client, let_in(second))
    page = client.get("/portal/access").text
    assert "FastOffice · <bdi>Polanco</bdi>" in page
    assert "Energía Flores" in page
    assert "Ibáñez" not in page
    assert client.post("/portal/client", data={"client": second.id}).status_code == 303
    assert "FastOffice · <bdi>Tijuana</bdi>" in client.get("/portal/access").text
    for stranger in (third.id, "x", ""):
        assert client.post("/portal/client", data={"client": stranger}).status_code == 404


def test_for_a_client_the_pages_of_the_staff_do_not_exist(laura: Browser, guemes: Client) -> None:
    for page in ("/staff/", f"/staff/clients/{guemes.id}", "/account/", "/account/second-factor", "/staff/search?q=a"):
        assert laura.get(page).status_code == 404, page
    assert laura.post("/staff/branch", data={"branch": "PLC"}).status_code == 404
    assert laura.get("/").location == "/portal/"


def test_no_form_of_the_staff_makes_a_client_and_none_lists_one(laura: Browser, cast: Cast, app) -> None:
    manager: Browser = app.test_client()
    manager.sign_in(cast.manager)
    answer = manager.post("/staff/settings/users", data={
        "email": "nueva@fastoffice.example", "full_name": "Nueva", "role": "client", "branches": ["PLC"]})
    assert answer.status_code == 422
    network: Browser = app.test_client()
    network.sign_in(cast.network)
    assert LAURA not in network.get("/staff/settings/users").text
    laura_is = db.session.scalars(sa.select(User).where(User.email == LAURA)).one()
    assert network.get(f"/staff/settings/users/{laura_is.id}").status_code == 404


def test_her_language_is_the_clients_and_she_may_choose_another(cast: Cast, client: Browser) -> None:
    ionescu = make_client(cast.polanco, "Ionescu SRL", email="ana@ionescu.ro", language="ro")
    come_in(client, let_in(ionescu))
    assert '<html lang="ro">' in client.get("/portal/access").text
    answer = client.post("/language", data={"language": "en", "next": "/portal/access"})
    assert answer.location == "/portal/access"
    assert '<html lang="en">' in client.get("/portal/access").text


def test_pages_are_private_and_addresses_stay_inside(laura: Browser, guemes: Client) -> None:
    page = laura.get("/portal/access")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    laura.post("/portal/sign-out")
    ask(laura, LAURA)
    link = laura.get(entrance(LAURA))
    assert link.headers["Referrer-Policy"] == "strict-origin", "of the secret address no more than the house goes along"
    assert link.headers["Cache-Control"] == "private, no-store"


# Viewing as the client


def view(browser: Browser, client: Client):
    return browser.post(f"/staff/clients/{client.id}/portal-view")


def test_mariana_sees_the_portal_as_laura_does_and_changes_nothing(guemes: Client, mariana: Browser) -> None:
    assert mariana.get("/portal/").location.startswith("/portal/sign-in")
    assert view(mariana, guemes).location == "/portal/"
    page = mariana.get("/portal/")
    assert page.status_code == 200
    assert "Viendo como cliente" in page.text
    for address in ("/portal/client", "/portal/sign-in", "/portal/sign-out", "/portal/whatever"):
        refused = mariana.post(address)
        assert refused.status_code in {403, 404}, address
    assert "nada" in mariana.post("/portal/client", data={"client": guemes.id}).text
    assert mariana.get("/staff/").status_code == 200, "her own pages stay hers"
    ended = mariana.post("/staff/clients/portal-view/end")
    assert ended.location == f"/staff/clients/{guemes.id}"
    assert mariana.get("/portal/").location.startswith("/portal/sign-in")
    assert actions(guemes) == ["portal.view_started", "portal.view_ended"]


def test_a_view_ends_by_itself_with_the_session_and_when_another_begins(cast: Cast, guemes: Client, mariana: Browser) -> None:
    other = make_client(cast.polanco)
    view(mariana, guemes)
    view(mariana, other)
    assert actions(guemes) == ["portal.view_started", "portal.view_ended"]
    mariana.sign_out()
    assert actions(other) == ["portal.view_started", "portal.view_ended"]
    mariana.sign_in(cast.mariana)
    assert mariana.get("/portal/").location.startswith("/portal/sign-in")
    view(mariana, guemes)
    with clock.fixed_at(clock.now() + timedelta(hours=2)):
        for _look in range(2):
            assert mariana.get("/portal/").location.startswith("/portal/sign-in")
    assert actions(guemes) == 2 * ["portal.view_started", "portal.view_ended"], "noticed once, by whoever looked"


def test_whoever_signs_in_next_does_not_go_on_looking(cast: Cast, guemes: Client, mariana: Browser) -> None:
    mariana.post(f"/staff/clients/{guemes.id}/portal-view")
    with mariana.session_transaction() as session:
        session.pop("_user_id")  # her session ended by itself, as when her password changes
    mariana.sign_in(cast.mariana)

    assert mariana.get("/portal/").location.startswith("/portal/sign-in")


def test_only_the_desk_of_the_branch_views_as_its_client(cast: Cast, guemes: Client, app) -> None:
    for person, status in ((cast.accountant, 403), (cast.network, 403), (cast.stranger, 404), (cast.manager, 303)):
        browser: Browser = app.test_client()
        browser.sign_in(person)
        assert view(browser, guemes).status_code == status, person.email
