"""One way to log for every process: one line per event, with the request's reference, without secrets.

Text for people, JSON in production (`LOG_FORMAT` decides otherwise). Tokens that open something by themselves
(pay links, password recovery) are blanked wherever they appear in a line.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import sys
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

from fastoffice.config import Settings

BLANK = "***"
_SECRET_PATHS = re.compile(
    r"(/(?:pay|booking|enter|recover|reset|confirm|wallet|calendar|visits/(?:answer|invitation|notice))/)[^/?#\s\"'\]]+")
_SECRET_VALUES = re.compile(
    r"((?:token|password|secret|secret_key|csrf_token|code|nonce|session)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',}]+", re.I)
_SECRET_URLS = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+(@)")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def redact(text: str) -> str:
    """`text` without anything that opens a door."""
    text = _SECRET_PATHS.sub(rf"\1{BLANK}", text)
    text = _SECRET_VALUES.sub(rf"\1{BLANK}", text)
    return _SECRET_URLS.sub(rf"\1{BLANK}\2", text)


def request_id() -> str | None:
    """The reference of the request under way."""
    if not has_request_context():
        return None
    if "request_id" not in g:
        g.request_id = reference_for(request.headers.get("X-Request-ID", ""))
    reference: str = g.request_id
    return reference


def reference_for(given: str) -> str:
    """The reference of a request whose proxy calls it `given`: that name when it is well formed, else our own."""
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


class TextLines(logging.Formatter):
    """For people and for a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        reference = request_id()
        text = redact(super().format(record))
        return f"{text} [{reference}]" if reference else text


class JsonLines(logging.Formatter):
    """For machines: one JSON object in each line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name, "process": record.process,
            "message": redact(record.getMessage()),
        }
        if reference := request_id():
            entry["request"] = reference
        if record.exc_info:
            entry["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def formatter(settings: Settings) -> logging.Formatter:
    """The formatter of this installation."""
    kind = os.environ.get("LOG_FORMAT") or ("json" if settings.is_production else "text")
    return JsonLines() if kind == "json" else TextLines()


def configure(settings: Settings) -> None:
    """Log to standard error in the house's form; what was set up before gives way."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("fastoffice").setLevel(logging.INFO)


def init_app(app: Flask) -> None:
    """Tell every answer's reader its reference."""
    app.after_request(_name_request)


def _name_request(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", request_id() or "")
    return response
