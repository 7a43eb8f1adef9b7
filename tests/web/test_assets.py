"""Static files and answers travel small and are kept for as long as they stay the same."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask, Response, send_file
from flask.testing import FlaskClient

from fastoffice import assets

PAGE = "<!doctype html><title>Facturación</title>" + "<p>Logística Güemes López, S.C.</p>" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "inter.woff2").write_bytes(b"wOF2" + bytes(2000))
    (tmp_path / "css" / "part.css").write_text('/* why */ .a { background: url("../vendor/inter.woff2"); }')
    whole = '@import "part.css" layer(app.part);\n' + ".b { color: red; }\n" * 60
    (tmp_path / "css" / "app.css").write_text(whole)
    return tmp_path


@pytest.fixture
def app(folder: Path) -> Flask:
    app = Flask("shop", static_folder=str(folder), static_url_path="/static")
    assets.init_app(app)
    app.add_url_rule("/page", "page", view_func=lambda: PAGE)
    app.add_url_rule("/short", "short", view_func=lambda: "ok")
    app.add_url_rule("/file", "file", view_func=lambda: send_file(folder / "css" / "app.css"))
    app.add_url_rule("/rows", "rows", view_func=lambda: Response(iter(["a,b\n"] * 500), mimetype="text/csv"))
    app.add_url_rule("/ready", "ready", view_func=lambda: Response(
        gzip.compress(PAGE.encode()), mimetype="text/html", headers={"Content-Encoding": "gzip"}))
    return app


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return assets.asset_url(name)


def test_a_file_is_kept_for_a_year_under_the_address_of_its_content(app: Flask, browser: FlaskClient) -> None:
    answer = browser.get(address(app, "css/app.css"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert re.search(r"\?v=[0-9a-f]{12}$", address(app, "css/app.css"))


@pytest.mark.parametrize("query", ["", "?v=000000000000"])
def test_a_file_asked_for_by_an_old_address_is_not_kept(browser: FlaskClient, query: str) -> None:
    assert browser.get(f"/static/css/app.css{query}").headers["Cache-Control"] == "public, max-age=0"


def test_the_address_changes_with_the_content_of_an_imported_part(app: Flask, folder: Path) -> None:
    before = address(app, "css/app.css")
    (folder / "css" / "part.css").write_text(".a { background: white; border: 0 }")
    assert address(app, "css/app.css") != before


def test_a_stylesheet_arrives_whole_with_hashed_addresses(app: Flask, browser: FlaskClient) -> None:
    text = browser.get(address(app, "css/app.css")).text
    assert text.startswith("@layer app.part{")
    assert f'url("{address(app, "vendor/inter.woff2")}")' in text
    assert "@import" not in text
    assert "why" not in text


@pytest.mark.parametrize(("accepts", "sends"), [
    ("br, gzip", "br"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("identity", None), ("", None)])
def test_text_is_encoded_as_the_browser_accepts(
    app: Flask, browser: FlaskClient, accepts: str, sends: str | None
) -> None:
    plain = browser.get(address(app, "css/app.css")).data
    answer = browser.get(address(app, "css/app.css"), headers={"Accept-Encoding": accepts})
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[sends](answer.data)
    assert answer.headers.get("Content-Encoding") == sends
    assert opened == plain
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_font_is_compressed_already_and_sent_as_it_is(app: Flask, browser: FlaskClient) -> None:
    answer = browser.get(address(app, "vendor/inter.woff2"), headers={"Accept-Encoding": "br"})
    assert answer.mimetype == "font/woff2"
    assert "Content-Encoding" not in answer.headers


def test_an_unchanged_file_is_not_sent_twice(browser: FlaskClient) -> None:
    tag = browser.get("/static/css/app.css", headers={"Accept-Encoding": "br"}).headers["ETag"]
    headers = {"Accept-Encoding": "br", "If-None-Match": tag}
    assert browser.get("/static/css/app.css", headers=headers).status_code == 304


@pytest.mark.parametrize("name", ["nothing.css", "../secret", "css/../../secret", "css", ""])
def test_nothing_outside_the_folder_is_served(browser: FlaskClient, folder: Path, name: str) -> None:
    (folder.parent / "secret").write_text("s")
    assert browser.get(f"/static/{name}").status_code == 404


def test_a_template_that_names_a_missing_file_is_told(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(FileNotFoundError, match=r"css/gone\.css"):
        assets.asset_url("css/gone.css")


def test_a_page_is_compressed_for_a_browser_that_accepts_it(browser: FlaskClient) -> None:
    answer = browser.get("/page", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert brotli.decompress(answer.data).decode() == PAGE
    assert answer.content_length == len(answer.data) < len(PAGE) / 4


@pytest.mark.parametrize("path", ["/short", "/file", "/rows"])
def test_short_answers_files_and_streams_pass_as_they_are(browser: FlaskClient, path: str) -> None:
    with browser.get(path, headers={"Accept-Encoding": "br"}) as answer:
        assert "Content-Encoding" not in answer.headers


def test_what_is_encoded_already_is_not_encoded_again(browser: FlaskClient) -> None:
    answer = browser.get("/ready", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == PAGE
