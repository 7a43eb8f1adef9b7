"""Real senders, really killed: kill -9 in the middle of a batch, again and again, until the outbox is empty."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from fastoffice.extensions import db
from fastoffice.notifications.sending import GROUP
from fastoffice.notifications.service.wording import TEST
from tests.doubles import outbox as box
from tests.doubles.smtp_server import Received, SmtpPeer

ROOT = Path(__file__).resolve().parents[2]
MAILS, KILLS = 90, 3


class SignallingPeer(SmtpPeer):
    """Wakes the test after a number of messages."""

    def __init__(self) -> None:
        self.wanted, self.reached = 10**9, threading.Event()
        super().__init__(timeout=5)

    def keep(self, received: Received) -> None:
        super().keep(received)
        if len(self.messages) >= self.wanted:
            self.reached.set()

    def wait_for(self, more: int, sender: subprocess.Popen[bytes]) -> None:
        """Until `more` messages came, or the sender is done."""
        self.reached.clear()
        self.wanted = len(self.messages) + more
        while not self.reached.wait(0.05) and sender.poll() is None:
            pass


def sender_process(app: Flask, peer: SmtpPeer, at: datetime) -> subprocess.Popen[bytes]:
    settings = app.config["SETTINGS"]
    environment = {
        "PATH": os.environ["PATH"], "FASTOFFICE_ENV": "test", "FASTOFFICE_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url or "", "SMTP_URL": peer.url,
        "BASE_URL": settings.base_url, "SECRET_KEY": settings.secret_key, "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "outbox", "send", "--at", at.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def test_killed_senders_lose_no_mail_and_copy_at_most_their_unmarked_group(committed_app: Flask) -> None:
    with SignallingPeer() as peer:
        # of no capability's subject: the senders are real, and nobody's check has an opinion on these
        owed = {d.message_id for d in box.owe(*(
            box.spec(n, subject=(TEST, n), emails=[f"c{n}@x.mx"]) for n in range(1, MAILS + 1)))}
        db.session.remove()
        moment, copies_allowed = box.NOW, 0
        for _ in range(KILLS):
            sender = sender_process(committed_app, peer, moment)
            peer.wait_for(random.randint(1, 40), sender)
            sender.kill()
            sender.wait()
            copies_allowed += GROUP
            moment += timedelta(minutes=11)
        while any(d.state in {"queued", "sending"} for d in box.deliveries()):
            assert sender_process(committed_app, peer, moment).wait() == 0
            moment += timedelta(minutes=11)
            assert moment - box.NOW < timedelta(hours=6)
        counts = Counter(peer.ids())
        assert set(counts) == owed
        assert sum(counts.values()) - len(owed) <= copies_allowed
        assert all(counts[d.message_id] <= d.attempts for d in box.deliveries())
        assert {d.state for d in box.deliveries()} == {"sent"}
