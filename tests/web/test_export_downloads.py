"""Exports on screen: the accountant takes a file, the desk does not, and nobody takes another branch's."""

from __future__ import annotations

import json

import pytest

from tests.factories.contracts import make_client, make_contract
from tests.factories.money import PRIVATE, issue_month
from tests.factories.people import Cast, make_cast
from tests.web.browser import Browser


@pytest.fixture
def cast(app) -> Cast:
    cast = make_cast()
    make_contract(make_client(cast.polanco, "Güemes, S.C."), lines=PRIVATE)
    make_contract(make_client(cast.tijuana, "Ajena, S.A."), lines=PRIVATE)
    for branch in (cast.polanco, cast.tijuana):
        issue_month(branch)
    return cast


def test_the_accountant_takes_a_file_with_its_name(app, cast) -> None:
    books = Browser.of(app, cast.accountant)
    for form, begins in (("json", b"[\n"), ("csv", b"\xef\xbb\xbfnumber"), ("xlsx", b"PK")):
        answer = books.get(f"/staff/exports/invoices.{form}?period=2026-12")
        assert answer.status_code == 200
        assert answer.data.startswith(begins)
        assert answer.headers["Content-Disposition"] == f"attachment; filename=PLC-invoices-2026-12.{form}"


def test_an_export_holds_the_own_branch_alone(app, cast) -> None:
    books = Browser.of(app, cast.accountant)
    for kind in ("invoices", "payments", "ledger", "outbox", "audit", "clients", "contracts", "bookings", "hours",
                 "mail"):
        assert "Ajena" not in books.get(f"/staff/exports/{kind}.json").text
    names = [row["client"] for row in json.loads(books.get("/staff/exports/invoices.json").text)]
    assert names == ["Güemes, S.C."]


def test_the_desk_takes_nothing_out(app, cast) -> None:
    assert Browser.of(app, cast.mariana).get("/staff/exports/clients.csv").status_code == 403


def test_who_may_not_see_the_visits_may_not_take_them(app, cast) -> None:
    assert Browser.of(app, cast.accountant).get("/staff/exports/visits.csv").status_code == 403
    assert Browser.of(app, cast.manager).get("/staff/exports/visits.csv").status_code == 200


def test_there_are_no_other_exports(app, cast) -> None:
    books = Browser.of(app, cast.accountant)
    for address in ("users.csv", "invoices.pdf", "invoices.csv?period=diciembre", "invoices.csv?period=2026-13"):
        assert books.get(f"/staff/exports/{address}").status_code == 404


def test_the_lists_offer_their_export_to_whoever_may_take_it(app, cast) -> None:
    books, desk = Browser.of(app, cast.accountant), Browser.of(app, cast.mariana)
    for kind in ("clients", "contracts", "payments", "outbox"):
        link = f'href="/staff/exports/{kind}.xlsx"'
        assert link in books.get(f"/staff/{kind}/").text
        assert link not in desk.get(f"/staff/{kind}/").text
    for address, kind in (("/staff/mail/", "mail.xlsx"), ("/staff/rooms/?day=2026-12-04", "bookings.xlsx?period=2026-12"),
                          ("/staff/rooms/?day=2026-12-04", "hours.xlsx?period=2026-12")):
        assert f'href="/staff/exports/{kind}"' in books.get(address).text
        assert f"/staff/exports/{kind}" not in desk.get(address).text
    assert 'href="/staff/exports/audit.xlsx"' in books.get("/staff/audit/").text
