"""Settings and audit cost a constant number of statements, however much there is."""

from __future__ import annotations

import pytest

from fastoffice import audit, transaction
from tests.factories.people import ACTOR, make_cast, make_user
from tests.web.browser import Browser
from tests.web.statements import counted_statements

MOST = 12
PAGES = ("/account/", "/staff/settings/branch", "/staff/settings/issuer", "/staff/settings/bank",
         "/staff/settings/policy", "/staff/settings/holidays", "/staff/settings/series", "/staff/settings/taxes",
         "/staff/settings/users", "/staff/audit/")


@pytest.mark.parametrize("who", ["manager", "network"])
def test_a_page_takes_a_dozen_statements_at_most(app: object, client: Browser, who: str) -> None:
    cast = make_cast()
    client.sign_in(getattr(cast, who))
    for page in PAGES:
        with counted_statements() as statements:
            assert client.get(page).status_code in {200, 403}
        assert len(statements) <= MOST, (page, statements)


def test_the_list_of_users_and_the_log_cost_the_same_however_long(app: object, client: Browser) -> None:
    cast = make_cast()
    client.sign_in(cast.manager)
    short = {page: _statements(client, page) for page in ("/staff/settings/users", "/staff/audit/")}
    branch_id = cast.polanco.id
    for number in range(12):
        make_user("receptionist", [cast.polanco], email=f"persona{number}@fastoffice.example")
    transaction.run(lambda: [
        audit.record(ACTOR, "invoice.held", ("invoice", number), {"reason": "x"}, branch_id=branch_id)
        for number in range(40)
    ])
    assert {page: _statements(client, page) for page in short} == short


def _statements(client: Browser, page: str) -> int:
    with counted_statements() as statements:
        assert client.get(page).status_code == 200
    return len(statements)
