"""Logs tell what happened and never how to open a door."""

from __future__ import annotations

import io
import json
import logging

import pytest
from flask import Flask

from fastoffice.logging_setup import JsonLines, TextLines, redact, request_id

TOKEN = "q8T2kX-9fLw_secret"


@pytest.mark.parametrize("line", [
    f"GET /pay/{TOKEN} HTTP/1.1",
    f"GET /pay/{TOKEN}/invoice.pdf HTTP/1.1",
    f"POST /portal/enter/{TOKEN} HTTP/1.1",
    f"GET /booking/{TOKEN} HTTP/1.1",
    f"GET /visits/answer/{TOKEN} HTTP/1.1",
    f"GET /visits/invitation/{TOKEN} HTTP/1.1",
    f"GET /visits/notice/{TOKEN}/document HTTP/1.1",
    f"GET /calendar/{TOKEN}.ics HTTP/1.1",
    f'"POST /recover/{TOKEN}?next=/staff/ HTTP/1.1" 200',
    f"/sign-in?token={TOKEN}&next=/",
    f"{{'password': '{TOKEN}', 'email': 'ana@example.com'}}",
    f"connecting to postgresql+psycopg://fo:{TOKEN}@db/fo",
])
def test_no_line_carries_a_secret(line: str) -> None:
    assert TOKEN not in redact(line)
    assert redact(redact(line)) == redact(line)


@pytest.mark.parametrize("line", [
    "GET /staff/billing/?period=2026-12 HTTP/1.1", "payment recorded for invoice 17", "GET /staff/payments/5 200",
])
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert redact(line) == line


def lines_of(formatter: logging.Formatter, error: Exception) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.error("on /pay/%s", TOKEN, exc_info=error)
    return stream.getvalue()


@pytest.mark.parametrize("formatter", [TextLines(), JsonLines()])
def test_tracebacks_are_cleaned_too(formatter: logging.Formatter) -> None:
    written = lines_of(formatter, ValueError(f"token={TOKEN}"))
    assert "ValueError" in written
    assert TOKEN not in written


def test_machines_get_one_json_object_per_line() -> None:
    written = lines_of(JsonLines(), ValueError("two\nlines"))
    assert written.count("\n") == 1
    assert json.loads(written)["level"] == "error"


def test_a_request_keeps_the_reference_that_its_proxy_gave() -> None:
    app = Flask("test")
    with app.test_request_context(headers={"X-Request-ID": "edge-12345678"}):
        assert request_id() == "edge-12345678"
    with app.test_request_context(headers={"X-Request-ID": "bad\tid {}"}):
        assert len(request_id() or "") == 16
    assert request_id() is None
