"""What a person meets who types `make run`: an address, a log-in, a clean end, and clear words when it cannot."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import ROOT, descendants, is_alive, wait_until
from tests.servers import free_port

pytestmark = pytest.mark.faults


class Run:
    """`make run` without its set-up, in a folder of the test."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "FASTOFFICE_INSTANCE": str(folder / "i"),
                            "WORKERS": "1", "PORT": str(free_port()), **environment}
        self.words: list[str] = []

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "tools.run"], cwd=ROOT, env=self.environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.words += iter(output.readline, "")

    def once(self) -> tuple[int, str]:
        """To its end: exit code and everything it said."""
        done = subprocess.run([sys.executable, "-m", "tools.run"], cwd=ROOT, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        return done.returncode, done.stdout

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture
def run(folder: Path) -> Iterator[Run]:
    run = Run(folder)
    run.start()
    yield run
    run.stop()


def test_everything_starts_with_a_demo_and_ends_with_ctrl_c(run: Run) -> None:
    wait_until(lambda: any("Ctrl-C" in line for line in run.words), "the address")
    said = "".join(run.words)
    address = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert address is not None
    with urllib.request.urlopen(f"{address.group(0)}/health") as answer:
        assert json.load(answer)["status"] == "ok"
    assert "recepcion@demo.example" in said
    assert str(Path(run.environment["FASTOFFICE_INSTANCE"]) / "outbox") in said
    assert "4242 4242 4242 4242" in said
    code, words = run.once()
    assert (code, "runs already" in words, address.group(0) in words) == (0, True, True)
    below = descendants(run.process.pid)
    assert len(below) >= 6
    assert any("tests.doubles.stripe" in line for line in below.values())
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(30) == 0
    run.reader.join()
    assert run.words[-1] == "Stopped.\n"
    wait_until(lambda: not [pid for pid in below if is_alive(pid)], "the end of all")


def is_healthy(run: Run) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{run.environment['PORT']}/health", timeout=2) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except OSError:
        return False


def test_whoever_is_killed_web_or_background_comes_back(run: Run) -> None:
    wait_until(lambda: any("Ctrl-C" in line for line in run.words), "the address")
    for words in ("gunicorn", "worker.py"):
        below = {pid: line for pid, line in descendants(run.process.pid).items() if words in line}
        assert below
        for pid in below:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not [pid for pid in below if is_alive(pid)], "their end")  # noqa: B023
        wait_until(lambda: {pid for pid, line in descendants(run.process.pid).items() if words in line}, words)  # noqa: B023
        wait_until(lambda: is_healthy(run), "a healthy answer")


def test_killed_outright_it_leaves_nobody_behind_and_starts_again(run: Run) -> None:
    wait_until(lambda: any("Ctrl-C" in line for line in run.words), "the address")
    assert not any("Loading the demo" in line for line in run.words), "the second start finds what the first one made"
    below = descendants(run.process.pid)
    run.process.kill()
    wait_until(lambda: not [pid for pid in below if is_alive(pid)], "the end of all")


def test_wrong_settings_are_one_line_each_and_no_stack_trace(tmp_path: Path) -> None:
    code, words = Run(tmp_path, DATABASE_URL="mysql://db/fo", SMTP_URL="mail").once()
    assert code == 2
    assert [line.split(":")[0] for line in words.splitlines()] == ["DATABASE_URL", "SMTP_URL"]


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    code, words = Run(tmp_path, DATABASE_URL=f"postgresql://fo@127.0.0.1:{free_port()}/fo").once()
    assert (code, words.count("\n")) == (2, 1)
    assert words.startswith("DATABASE_URL: the database does not answer")


def test_a_port_that_is_taken_is_told_when_it_was_asked_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, words = Run(tmp_path, PORT=port).once()
    assert (code, words.count("\n")) == (2, 1)
    assert f"{port} is taken" in words
