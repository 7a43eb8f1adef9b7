"""The double's hosted pages without a browser's scripts, its control by other processes, events told by itself."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.doubles.stripe import ASKS_ALWAYS, DECLINED, GOOD, SECRET, StripeDouble
from tests.unit.test_stripe_double import NOW, client_of, page

KEY = "sk_test_pages"


@pytest.fixture
def double() -> Iterator[StripeDouble]:
    with StripeDouble() as running:
        running.clock = NOW.timestamp
        yield running


@pytest.fixture
def shop() -> Iterator[tuple[str, list[str]]]:
    """(address, what came): a shop that answers; its first answer to an event is 500."""
    came: list[str] = []

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200)

        def do_POST(self) -> None:
            came.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(500 if len(came) == 1 else 200)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", came
    server.shutdown()
    thread.join()
    server.server_close()


def opened(double: StripeDouble, shop: str, **more: Any) -> Any:
    return client_of(double, KEY).checkout.sessions.create(page(**{
        "success_url": f"{shop}/thanks?session={{CHECKOUT_SESSION_ID}}", "cancel_url": f"{shop}/back", **more}))


def send(address: str, **fields: str) -> requests.Response:
    return requests.post(address, data=fields, headers={"Accept-Language": "es-MX"}, timeout=5)


def typed(number: str) -> dict[str, str]:
    return {"method": "card", "number": number, "expiry": "12/30", "cvc": "123", "name": "Laura Güemes"}


def test_a_page_is_plain_html_that_says_it_is_a_test_and_pays(double, shop) -> None:
    session = opened(double, shop[0])
    shown = requests.get(session.url, headers={"Accept-Language": "en"}, timeout=5)
    assert "no real money" in shown.text
    assert not re.search(r"<script|style=|\son\w+=", shown.text)
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "Tu tarjeta fue rechazada" in send(session.url, **typed(DECLINED)).text
    assert "No es una tarjeta de prueba" in send(session.url, **typed("5200828282828210")).text
    assert send(session.url, **typed(GOOD)).url == f"{shop[0]}/thanks?session={session.id}"
    assert "ya se hizo" in send(session.url, **typed(GOOD)).text
    assert len(double.all("charge")) == 2, "the declined one and the paid one"


@pytest.mark.parametrize(("answer", "ends"), [("authorise", "/thanks"), ("fail", "/c/pay/")])
def test_the_bank_asks_on_a_page_of_its_own(double, shop, answer, ends) -> None:
    session = opened(double, shop[0])
    asked = send(session.url, **typed(ASKS_ALWAYS))
    assert "Tu banco pregunta" in asked.text
    assert ends in send(asked.url, answer=answer).url


def test_a_voucher_and_a_clabe_are_shown_and_paid_there(double, shop) -> None:
    voucher = send(opened(double, shop[0], amount=500_000, method="oxxo").url, method="oxxo", name="Laura", email="l@x.mx")
    assert "06/12/2026" in voucher.text
    assert "/thanks" in send(voucher.url).url
    customer = client_of(double, KEY).customers.create({"name": "Güemes"})
    bank = send(opened(double, shop[0], method="customer_balance", customer=customer.id, payment_method_options={
        "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "mx_bank_transfer"}}}).url,
        method="customer_balance")
    assert re.search(r"\b\d{18}\b", bank.text)
    assert "/thanks" in send(bank.url).url
    assert [each["status"] for each in double.all("payment_intent")] == ["succeeded", "succeeded"]


def test_an_expired_page_leads_back(double, shop) -> None:
    session = opened(double, shop[0])
    double.clock = (NOW + timedelta(hours=2)).timestamp
    shown = requests.get(session.url, headers={"Accept-Language": "es"}, timeout=5)
    assert "ya venció" in shown.text
    assert f"{shop[0]}/back" in shown.text


def test_another_process_drives_it_and_events_find_their_way_by_themselves(tmp_path: Path, shop) -> None:
    file = tmp_path / "state.json"
    with StripeDouble(auto=True, state_file=file) as double:
        double.clock = NOW.timestamp
        control = f"{double.url}/_control"
        requests.post(f"{control}/webhook", json={"url": f"{shop[0]}/hook", "secret": SECRET}, timeout=5)
        requests.post(f"{control}/knobs", json={"drop": ["charge.*", "payment_intent.*"], "duplicate": 1}, timeout=5)
        session = opened(double, shop[0])
        paid = requests.post(f"{control}/pay", json={"session_id": session.id}, timeout=5).json()
        assert paid["payment_status"] == "paid"
        wait_for = threading.Event()
        for _look in range(200):
            if len(shop[1]) >= 3:
                break
            wait_for.wait(0.02)
        waiting = opened(double, shop[0])
        assert requests.post(f"{control}/dance", json={}, timeout=5).status_code == 404
    assert all('"checkout.session.completed"' in each for each in shop[1])
    assert len(shop[1]) >= 3, "told twice, and again because the first one was refused"
    with StripeDouble(state_file=file) as again:
        again.clock = NOW.timestamp
        known = client_of(again, KEY).checkout.sessions
        assert known.retrieve(session.id).payment_status == "paid"
        assert known.retrieve(waiting.id).url.startswith(again.url), "the page is where the double is now"
