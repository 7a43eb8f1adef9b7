"""The server: Stripe's API under /v1, the hosted pages under /c/pay, the tests' own under /_control."""

from __future__ import annotations

import base64
import json
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.doubles.stripe import (
    charges,
    customers,
    disputes,
    events,
    faults,
    hosted,
    intents,
    methods,
    refunds,
    routing,
    sessions,
    transfers,
)
from tests.doubles.stripe.state import State

NOUNS = (charges, customers, disputes, events, intents, methods, refunds, sessions, transfers)  # they have the routes
STYLE = Path(__file__).with_name("checkout.css")
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
HANG_SECONDS = 30
Control = Callable[[str, dict[str, Any]], Any]


class Server(ThreadingMixIn, TCPServer):
    """A thread per connection, on loopback alone."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, state: State, control: Control, port: int) -> None:
        self.state, self.control = state, control
        self.away: str | None = None
        self.away_calls: int | None = None
        self.released = threading.Event()
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; a fault of the double's own is printed, and the connection drops."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def is_away(self) -> str | None:
        """How this call fails: "500", "429", "drop" (unheard), "lost" (heard, answer lost), "hang"; None: it works."""
        kind = self.away
        if kind is not None and self.away_calls is not None:
            self.away_calls -= 1
            if self.away_calls <= 0:
                self.away, self.away_calls = None, None
        return kind


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_GET(self) -> None:
        """Any request without a body."""
        self._serve(b"")

    def do_POST(self) -> None:
        """Any request with a body."""
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test has nobody to read it."""

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        try:
            if parts.path.startswith("/v1/"):
                self._api(parts.path, parts.query, body)
            elif parts.path.startswith("/c/pay/"):
                self._page(parts.path, body)
            elif parts.path.startswith("/_control/"):
                self._control(parts.path.removeprefix("/_control/"), body)
            else:
                self._asset(parts.path)
        except faults.ApiError as error:
            self._json(error.status, error.body)

    def _api(self, path: str, query: str, body: bytes) -> None:
        kind = self.server.is_away()
        if kind in ("500", "429"):
            self._json(int(kind), {"error": {"type": "api_error", "message": "The double is away."}})
        if kind in ("500", "429", "drop"):
            return
        if kind == "hang":
            self.server.released.wait(HANG_SECONDS)
            return
        pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl(body.decode(), keep_blank_values=True)
        with self.server.state.book(self._key()) as book:
            status, said, is_again = routing.answer(
                book, self.command, path, pairs, self.headers.get("Idempotency-Key", ""))
        if kind != "lost":
            self._json(status, said, {"Idempotent-Replayed": "true"} if is_again else {})

    def _key(self) -> str:
        kind, _space, text = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            with suppress(ValueError):
                return base64.b64decode(text).decode().partition(":")[0]
        if kind != "Bearer":
            raise faults.ApiError("You did not provide an API key.", status=401)
        return text.strip()

    def _page(self, path: str, body: bytes) -> None:
        session_id, slash, step = path.removeprefix("/c/pay/").partition("/")
        form = dict(parse_qsl(body.decode(), keep_blank_values=True)) if self.command == "POST" else None
        try:
            with self.server.state.book_of("checkout.session", session_id) as book:
                shown = hosted.answer(book, session_id, slash + step, form, self.headers.get("Accept-Language", ""))
        except faults.ApiError as error:
            self._send(error.status, "text/plain; charset=utf-8", str(error).encode())
            return
        if shown.goes_to:
            self._send(303, "text/plain", b"", {"Location": shown.goes_to})
            return
        self._send(200, "text/html; charset=utf-8", shown.html.encode(), {"Content-Security-Policy": POLICY})

    def _control(self, action: str, body: bytes) -> None:
        self._json(200, self.server.control(action, json.loads(body or b"{}")))

    def _asset(self, path: str) -> None:
        if path == "/assets/checkout.css":
            self._send(200, "text/css; charset=utf-8", STYLE.read_bytes())
            return
        self._send(204 if path == "/favicon.ico" else 404, "text/plain", b"")

    def _json(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        request_id = f"req_{secrets.token_hex(7)}"
        if isinstance(said, dict) and "error" in said:
            said = {"error": {**said["error"], "request_log_url": f"https://dashboard.stripe.com/test/logs/{request_id}"}}
        self._send(status, "application/json", json.dumps(said).encode(), {
            "Request-Id": request_id, "Stripe-Version": self.headers.get("Stripe-Version", ""), **(headers or {})})

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close",
                            "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
