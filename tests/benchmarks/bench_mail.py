"""Mails: our outbox against smtplib over one connection, with the same bytes to the same local server.

    python -m tests.benchmarks mail

The floor opens one connection and calls `sendmail` for message after message that it has in memory. Ours
leases, checks, reads the stored bytes, sends and marks each in the database; the second figure also words,
lays out, assembles and stores each message first. The server is a process of its own. Both sides take
turns, so that a busy machine disturbs both.
"""

from __future__ import annotations

import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications import registry
from fastoffice.notifications.models import Delivery, DeliveryAttempt, Notice
from tests.benchmarks.bench_app import bench_apps
from tests.benchmarks.rows import seconds_to_insert, written_since
from tests.doubles import outbox as box

Figure = dict[str, Any]
PDF_BYTES = 40_000
ROUNDS = 7
GOAL = 0.8
OWING_GOAL = 6.0


def run(quick: bool) -> list[Figure]:
    """Every figure as {name, value, unit, ratio, goal, ok}."""
    figures = []
    for engine, app in bench_apps():
        with app.app_context(), server() as url, box.mail_server(app, url), box.kind_with():
            db.drop_all()
            db.create_all()
            registry.branches.mails_per_minute = lambda ids: dict.fromkeys(ids, 10**9)
            figures += _figures(engine, url, 100 if quick else 300)
            db.session.remove()
            db.engine.dispose()
    return figures


def figure(name: str, value: float, unit: str, ratio: float, goal: float, ok: bool) -> Figure:
    return {"name": name, "value": round(value, 2), "unit": unit, "ratio": round(ratio, 2), "goal": goal, "ok": ok}


@contextmanager
def server() -> Iterator[str]:
    """A peer that takes everything, in a process of its own; its SMTP URL."""
    port_file = Path(tempfile.mkdtemp(prefix="fo-bench-mail-")) / "port"
    script = Path(__file__).parents[1] / "doubles" / "smtp_server.py"
    process = subprocess.Popen([sys.executable, str(script), str(port_file)])
    try:
        while not port_file.exists():
            time.sleep(0.02)
        yield f"smtp://127.0.0.1:{port_file.read_text()}/?timeout=20"
    finally:
        process.kill()
        process.wait()


def _figures(engine: str, url: str, count: int) -> list[Figure]:
    owing = _owing(engine, 1_000)
    _clear()
    keys = [box.ready_document(n, data=os.urandom(PDF_BYTES)) for n in range(count)]
    box.owe(*(box.spec(n, emails=[f"c{n}@x.mx"], documents=[keys[n]]) for n in range(count)))
    box.send(limit=count)  # freezes every message, warms everything
    mails = [(row.recipients, box.files().get(row.frozen_sha256)) for row in box.deliveries()]
    again = _measure(count, lambda: _requeue(frozen=True), lambda: box.send(limit=count), lambda: _plain(url, mails))
    whole = _measure(count, lambda: _requeue(frozen=False), lambda: box.send(limit=count), lambda: _plain(url, mails))
    return [
        owing,
        figure(f"mails a second, {engine}, frozen messages", again[0], "mails/s", again[1], GOAL, again[1] >= GOAL),
        {**figure(f"mails a second, {engine}, worded, made, stored, sent", whole[0], "mails/s", whole[1], 0, True),
         "goal": "none", "ok": None},  # the floor makes nothing: a figure to watch, not a goal
    ]


def _measure(
    count: int, prepare: Callable[[], None], ours: Callable[[], Any], floor: Callable[[], Any]
) -> tuple[float, float]:
    """(our mails per second, their ratio to the floor's): medians over rounds, each beside its own floor."""
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        prepare()
        before, mine, after = _seconds(floor), _seconds(ours), _seconds(floor)
        times.append((mine, (before + after) / 2))
    assert all(row.state == "sent" for row in box.deliveries())
    return count / statistics.median(t[0] for t in times), statistics.median(base / mine for mine, base in times)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _plain(url: str, mails: list[tuple[list[str], bytes]]) -> None:
    port = int(url.partition("127.0.0.1:")[2].partition("/")[0])
    with smtplib.SMTP("127.0.0.1", port) as link:
        for recipients, data in mails:
            link.sendmail("facturas@fastoffice.example", recipients, data)


def _requeue(frozen: bool) -> None:
    values: dict[str, Any] = {"state": "queued", "accepted": [], "sent_at": None, "next_attempt_at": box.NOW}
    if not frozen:
        for row in box.deliveries():
            _forget(row.frozen_sha256 or "")
        values["frozen_sha256"] = None
    transaction.run(lambda: db.session.execute(sa.update(Delivery).values(values)))


def _forget(sha256: str) -> None:
    """Take the stored message away, so that storing it again costs what storing costs."""
    storage = box.files()
    storage._fs.rm_file(f"{storage._root}/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}")


def _owing(engine: str, count: int) -> Figure:
    """Owing notices in bulk against a plain insert of the same rows."""
    specs = [box.spec(n, emails=[f"c{n}@x.mx"]) for n in range(count)]
    times = []
    for _ in range(3):
        _clear()
        times.append(_seconds(lambda: box.owe(*specs)))
    rows = written_since({}, ["notice", "delivery"])
    floor = statistics.median(seconds_to_insert(rows) for _ in range(3))
    ratio = statistics.median(times) / floor
    return figure(f"owing {count:,} notices, {engine}", statistics.median(times) * 1_000, "ms", ratio, OWING_GOAL,
                  ratio <= OWING_GOAL)


def _clear() -> None:
    for model in (DeliveryAttempt, Delivery, Notice, Document):
        transaction.run(lambda model=model: db.session.execute(sa.delete(model)))
