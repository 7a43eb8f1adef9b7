"""`flask outbox send`: PDFs first, then mails; and a letter's cover sheet on real paper."""

from __future__ import annotations

import io
import json

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from pypdf import PdfReader

from fastoffice import clock
from fastoffice.documents import queries as documents
from fastoffice.documents import rendering
from fastoffice.notifications import post, queries
from tests.doubles import outbox as box
from tests.doubles.outbox import owe, spec
from tests.doubles.smtp_server import SmtpPeer
from tests.factories.people import make_branch


def send(runner: FlaskCliRunner, *options: str) -> dict[str, int]:
    answer = runner.invoke(args=["outbox", "send", "--json", *options])
    assert answer.exit_code == 0, answer.output
    result: dict[str, int] = json.loads(answer.output)
    return result


def test_the_command_says_what_it_did(app: Flask, runner: FlaskCliRunner) -> None:
    with SmtpPeer() as peer, box.mail_server(app, peer.url), box.kind_with():
        owe(spec(1), spec(2, emails=[]), spec(3, documents=[("invoice", 3, "invoice")]))
        assert send(runner, "--at", "2026-12-01T09:00:00-06:00") == {
            "sent": 1, "failed": 0, "cancelled": 0, "waiting": 1, "rendered": 0}
    plain = runner.invoke(args=["outbox", "send", "--at", "2026-12-01T09:00:00-06:00"])
    assert "0 mails sent" in plain.output


def test_the_clock_needs_its_offset(runner: FlaskCliRunner) -> None:
    answer = runner.invoke(args=["outbox", "send", "--at", "2026-12-01T09:00"])
    assert answer.exit_code == 2
    assert "offset" in answer.output


def test_a_letter_has_its_address_in_the_window_and_waits_for_its_sheet(app: Flask) -> None:
    branch = make_branch("PLC")
    owe(spec(
        1, branch_id=branch.id, channels=["post"], documents=[box.ready_document(1)],
        address=["Logística Güemes López, S.C.", "Av. Chapultepec 480", "C.P. 06600"]))
    (envelope,) = post.envelopes(queries.print_queue(branch.id))
    assert not envelope.ready
    with clock.fixed_at(box.NOW):
        assert rendering.render_due(box.NOW) == 1
    (envelope,) = post.envelopes(queries.print_queue(branch.id))
    assert envelope.ready
    text = PdfReader(io.BytesIO(documents.document_bytes(envelope.documents[0]))).pages[0].extract_text()
    for words in ("Laura Güemes", "Logística Güemes López, S.C.", "Av. Chapultepec 480", "06600", "PLC-000001"):
        assert words in text
    assert text.count("Logística Güemes López, S.C.") == 1


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:1/?timeout=0.2"])
def test_a_server_that_is_not_there_leaves_everything_waiting(app: Flask, runner: FlaskCliRunner, url: str) -> None:
    with box.mail_server(app, url), box.kind_with():
        owe(spec(1), spec(2))
        assert send(runner, "--at", "2026-12-01T09:00:00-06:00")["waiting"] == 2
