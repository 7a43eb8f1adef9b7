"""Mariana uploads the list her branch keeps, looks at the preview and confirms it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from fastoffice import clock
from fastoffice.contracts.models import ColumnMapping, Contract, LinePrice, RosterImport
from fastoffice.documents.storage import storage_at
from fastoffice.extensions import db
from tests.factories.people import Cast, make_cast
from tests.unit.roster.sheets import HEADER, ROW, csv_text, sample, workbook
from tests.web.browser import Browser

NOVEMBER = datetime(2026, 11, 30, 18, tzinfo=UTC)


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Two branches and their people, on the last day of November."""
    return make_cast()


@pytest.fixture
def browser(app: Flask, cast: Cast) -> Browser:
    """Mariana's browser, signed in."""
    app.test_client_class = Browser
    browser = app.test_client()
    browser.sign_in(cast.mariana)
    return browser


@pytest.fixture(autouse=True)
def in_november() -> object:
    """The clock stands at the end of November."""
    with clock.fixed_at(NOVEMBER):
        yield


def upload(browser: Browser, data: bytes, name: str = "lista.csv") -> TestResponse:
    return browser.post(
        "/staff/imports/", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def uploaded(browser: Browser, *rows: object, header: tuple[str, ...] = HEADER) -> str:
    """The address of the preview of these rows."""
    answer = upload(browser, csv_text(header, *rows).encode())
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def confirm(browser: Browser, page: str, **changes: str) -> TestResponse:
    """Press the button of the preview at `page`."""
    html = browser.get(page).text
    form = {name: hidden(html, name) for name in ("fingerprint", "prices_from")}
    return browser.post(f"{page}/application", data={**form, **changes})


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_the_branch_s_list_goes_from_upload_to_contracts(browser: Browser) -> None:
    page = upload(browser, sample(), "contratos-polanco.xlsx").headers["Location"]
    html = browser.get(page).text
    assert "265,380.00" in html
    assert "Logística Güemes López, S.C." in html
    assert count(Contract) == 0
    answer = confirm(browser, page)
    assert answer.headers["Location"] == page
    assert count(Contract) == 64
    assert "64" in browser.get(page).text


def test_pressing_twice_imports_once(browser: Browser) -> None:
    page = uploaded(browser, ROW)
    html = browser.get(page).text
    form = {"fingerprint": hidden(html, "fingerprint"), "prices_from": hidden(html, "prices_from")}
    for _time in range(2):
        assert browser.post(f"{page}/application", data=form).status_code == 303
    assert count(Contract) == 1


def test_the_same_file_again_has_nothing_to_import(browser: Browser) -> None:
    confirm(browser, uploaded(browser, ROW))
    html = browser.get(uploaded(browser, ROW)).text
    assert 'name="fingerprint"' not in html


def test_an_upload_whose_session_has_ended_keeps_nothing_and_leads_to_the_sign_in_page(browser: Browser) -> None:
    browser.post("/sign-out")
    answer = upload(browser, csv_text(HEADER, ROW).encode())
    assert answer.status_code in {302, 303}
    assert answer.headers["Location"].startswith("/sign-in")
    assert count(RosterImport) == 0


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7", b"", b"hola", csv_text(HEADER, ROW).encode() + b'"abierta', b"<html><table>"]
)
def test_a_file_that_is_no_list_is_refused_beside_its_field(browser: Browser, data: bytes) -> None:
    answer = upload(browser, data, "lista.xlsx")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert count(RosterImport) == 0


def test_no_file_at_all_is_refused_beside_its_field(browser: Browser) -> None:
    answer = browser.post("/staff/imports/", data={}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_a_refused_row_is_shown_with_row_column_and_reason_and_stops_the_file(browser: Browser) -> None:
    bad = (*ROW[:6], "gratis", 2800)
    page = uploaded(browser, bad, ("Otra, S.A.", "", *ROW[2:]))
    html = browser.get(page).text
    assert "G · Pago puntual" in html
    assert "«gratis»" in html or "“gratis”" in html
    assert 'name="fingerprint"' not in html
    confirm(browser, page, fingerprint="x")
    assert count(Contract) == 0


def test_a_column_that_is_not_recognised_is_chosen_once_and_remembered(browser: Browser) -> None:
    header = ("Cuenta", *HEADER[1:])
    page = uploaded(browser, ROW, header=header)
    assert page.endswith("/columns")
    html = browser.get(page).text
    assert "Cuenta" in html
    assert ROW[0] in html
    form = {name: chosen_in(html, name) for name in re.findall(r'name="(column-\d+)"', html)}
    answer = browser.post(page, data={**form, "column-0": "legal_name"})
    assert answer.status_code == 303
    assert "Íñigo Núñez Gómez" in browser.get(answer.headers["Location"]).text
    assert db.session.execute(sa.select(ColumnMapping.header, ColumnMapping.field)).all() == [
        ("Cuenta", "legal_name")
    ]
    assert not uploaded(browser, ROW, header=header).endswith("/columns")


def chosen_in(html: str, name: str) -> str:
    select = html.split(f'name="{name}"')[1].split("</select>")[0]
    found = re.search(r'value="([^"]*)" selected', select)
    return found[1] if found else ""


def test_one_field_for_two_columns_is_refused_and_the_choice_stays(browser: Browser) -> None:
    page = uploaded(browser, ROW)
    answer = browser.post(f"{page}/columns", data={"column-0": "service", "column-2": "service"})
    assert answer.status_code == 422
    assert chosen_in(answer.text, "column-0") == "service"
    assert count(ColumnMapping) == 0


def test_changed_prices_are_confirmed_by_a_manager_from_a_chosen_month(
    browser: Browser, app: Flask, cast: Cast
) -> None:
    confirm(browser, uploaded(browser, ROW))
    page = uploaded(browser, (*ROW[:6], 2500, 3000))
    html = browser.get(page).text
    assert "disabled" in html
    confirm(browser, page)
    assert count(LinePrice) == 1
    manager = app.test_client()
    manager.sign_in(cast.manager)
    html = manager.get(f"{page}?prices_from=2027-01-01").text
    assert hidden(html, "prices_from") == "2027-01-01"
    manager.post(
        f"{page}/application", data={"fingerprint": hidden(html, "fingerprint"), "prices_from": "2027-01-01"}
    )
    days = db.session.scalars(sa.select(LinePrice.valid_from).order_by(LinePrice.valid_from)).all()
    assert [day.isoformat() for day in days] == ["2025-07-03", "2027-01-01"]


def test_a_preview_that_is_no_longer_true_is_shown_again_and_nothing_is_written(browser: Browser) -> None:
    first, second = uploaded(browser, ROW), uploaded(browser, ROW)
    stale = hidden(browser.get(second).text, "fingerprint")
    confirm(browser, first)
    answer = browser.post(f"{second}/application", data={"fingerprint": stale, "prices_from": "2026-11-01"})
    assert answer.headers["Location"] == second
    assert count(Contract) == 1
    assert db.session.scalars(sa.select(RosterImport.applied_at).order_by(RosterImport.id)).all()[1] is None


def test_another_branch_s_file_does_not_exist(browser: Browser, app: Flask, cast: Cast) -> None:
    page = uploaded(browser, ROW)
    stranger = app.test_client()
    stranger.sign_in(cast.stranger)
    for address in (page, f"{page}/columns"):
        assert stranger.get(address).status_code == 404
        assert stranger.post(f"{page}/application").status_code == 404
    assert count(Contract) == 0


def test_the_accountant_may_not_import_and_nobody_is_asked_to_sign_in(app: Flask, cast: Cast) -> None:
    app.test_client_class = Browser
    visitor = app.test_client()
    assert visitor.get("/staff/imports/").status_code in (302, 303)
    visitor.sign_in(cast.accountant)
    assert visitor.get("/staff/imports/").status_code == 403


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7919*7907}}", "<a hx-get=/x>", "=HYPERLINK(1)"]
)
def test_a_stranger_s_text_is_text_on_every_page(browser: Browser, text: str) -> None:
    page = uploaded(browser, (text, "", *ROW[2:]), header=(*HEADER[:7], f"Lista {text}"))
    for address in (page, f"{page}/columns"):
        html = browser.get(address).text
        assert "<script>alert" not in html
        assert "<a hx-get=/x>" not in html
        assert str(7919 * 7907) not in html


def test_a_file_that_is_gone_asks_for_another_upload(browser: Browser, app: Flask) -> None:
    page = uploaded(browser, ROW)
    db.session.execute(sa.update(RosterImport).values(sha256="0" * 64))
    answer = browser.get(page)
    assert answer.headers["Location"].endswith("/staff/imports/")
    assert storage_at(app.config["SETTINGS"].storage_url).exists("0" * 64) is False


def test_a_part_of_the_preview_comes_alone_to_htmx(browser: Browser) -> None:
    page = uploaded(browser, ROW, ("TOTAL", *[""] * 7))
    answer = browser.get(f"{page}?show=ignored", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.text.lstrip().startswith('<section id="import-preview"')
    assert "TOTAL" in answer.text


def test_a_long_list_is_shown_in_pages(browser: Browser) -> None:
    page = uploaded(browser, *[(f"Cliente {n}", "", ROW[2], str(n), *ROW[4:]) for n in range(120)])
    assert "Cliente 49<" in browser.get(page).text
    assert "Cliente 50<" not in browser.get(page).text
    assert "Cliente 119<" in browser.get(f"{page}?show=created&page=99").text


def test_another_sheet_of_the_file_can_be_chosen(browser: Browser) -> None:
    data = workbook(Noviembre=[HEADER, ROW], Diciembre=[HEADER, ("Otra, S.A.", "", *ROW[2:])])
    page = upload(browser, data, "meses.xlsx").headers["Location"]
    assert "Íñigo Núñez Gómez" in browser.get(page).text
    answer = browser.post(f"{page}/columns", data={"sheet": "Diciembre"})
    assert answer.headers["Location"] == f"{page}/columns"
    assert "Otra, S.A." in browser.get(page).text
    assert count(ColumnMapping) == 0
