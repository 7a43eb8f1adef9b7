"""The frame of the staff's pages: only what exists, only what the role includes."""

from __future__ import annotations

import re

import pytest

from tests.factories.people import Cast, make_cast
from tests.web.browser import Browser

LINK = re.compile(r'<li><a href="([^"]+)" title="([^"]+)"')


@pytest.fixture
def cast(app: object) -> Cast:
    return make_cast()


def links(client: Browser, page: str = "/account/") -> dict[str, str]:
    """Label -> address of the navigation."""
    return {label: url for url, label in LINK.findall(client.get(page).text)}


@pytest.mark.parametrize(("who", "sees", "sees_not"), [
    ("mariana", {"Mi día", "Facturación", "Importar"}, {"Ajustes", "Auditoría", "Libro contable"}),
    ("manager", {"Mi día", "Importar", "Ajustes", "Auditoría"}, set()),
    ("accountant", {"Facturación", "Auditoría", "Libro contable"}, {"Ajustes", "Importar"}),
    ("network", {"Clientes", "Ajustes", "Auditoría"}, {"Importar"}),
])
def test_each_role_sees_its_own_pages(
    cast: Cast, client: Browser, who: str, sees: set[str], sees_not: set[str]
) -> None:
    client.sign_in(getattr(cast, who))
    found = set(links(client))
    assert sees <= found
    assert not sees_not & found


@pytest.mark.parametrize("who", ["mariana", "manager", "accountant", "network"])
def test_no_link_leads_nowhere(cast: Cast, client: Browser, who: str) -> None:
    client.sign_in(getattr(cast, who))
    found = links(client)
    assert {url: client.get(url, follow_redirects=True).status_code for url in found.values()} == dict.fromkeys(
        found.values(), 200)


def test_the_page_one_is_on_is_marked(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.manager)
    page = client.get("/staff/settings/policy").text
    assert re.findall(r'title="([^"]+)" aria-current="page"', page) == ["Ajustes"]


def test_who_works_in_two_branches_can_switch(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.network)
    page = client.get("/account/").text
    assert 'name="branch" value="TIJ"' in page
    client.post("/staff/branch", data={"branch": "TIJ"})
    assert re.search(r'value="TIJ" aria-current="true"', client.get("/account/").text)


def test_who_works_in_one_sees_its_name_only(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana)
    page = client.get("/account/").text
    assert "Polanco" in page
    assert 'name="branch"' not in page
