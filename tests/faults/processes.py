"""A real `worker.py` with everything it looks after, in a folder of the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastoffice import create_app, embedded
from fastoffice.config import read_settings
from fastoffice.extensions import db

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120
PROCESSES = Path("/proc")


def wait_until(
    ready: Callable[[], Any], what: str, progress: Callable[[], Any] = lambda: None, *, pause: float = 0.05
) -> Any:
    """Poll until `ready()` answers something true, which is returned; `pause` seconds lie between two questions.

    Fails with `what` when it was in vain for two minutes in which `progress()` did not change either.
    """
    end, seen = time.monotonic() + PATIENCE_SECONDS, progress()
    while not (answer := ready()):
        if (now := progress()) != seen:
            end, seen = time.monotonic() + PATIENCE_SECONDS, now
        assert time.monotonic() < end, f"waited in vain for {what}: {seen}"
        time.sleep(pause)
    return answer


def table() -> dict[int, tuple[int, str]]:
    """Living processes: id -> (parent's id, command line); zombies are not alive."""
    if PROCESSES.exists():  # what waits asks twenty times a second: `ps` costs more than that is worth
        numbers = [int(entry.name) for entry in os.scandir(PROCESSES) if entry.name.isdigit()]
        return {pid: found for pid in numbers if (found := _read(pid))}
    listing = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 3) for line in listing.stdout.splitlines())
    return {int(row[0]): (int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")}


def _read(pid: int) -> tuple[int, str] | None:
    """The parent's id and the command line of a living process; None of one that is gone or a zombie."""
    try:
        state, parent = (PROCESSES / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
        words = (PROCESSES / str(pid) / "cmdline").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else (int(parent), words.replace("\0", " ").strip())


def is_alive(pid: int) -> bool:
    return pid in table()


def descendants(pid: int, living: dict[int, tuple[int, str]] | None = None) -> dict[int, str]:
    """Everything below a process, now or when `living` was read: id -> command line."""
    living, found = table() if living is None else living, {}
    generation = {pid}
    while generation:
        generation = {child for child, (parent, _args) in living.items() if parent in generation}
        found.update({child: living[child][1] for child in generation})
    return found


class House:
    """Settings, an application for looking into the database, and the `worker.py` under test."""

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        self.folder = folder
        self.environment = {
            "FASTOFFICE_ENV": "test", "FASTOFFICE_INSTANCE": str(folder), "SECRET_KEY": "a secret for tests only",
            "BASE_URL": "http://testserver", "WORKERS": str(workers), "DRAIN_SECONDS": "30",
        }
        self.rebuild_app()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "log"

    def rebuild_app(self) -> None:
        """The application with the settings as they are now."""
        self.app = create_app(read_settings(self.environment))

    def create_tables(self) -> None:
        with self.app.app_context():
            db.create_all()
            db.session.remove()

    def start(self, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "worker.py", *arguments], cwd=ROOT, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environment})

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def find(self, words: str) -> list[int]:
        """Direct children of the parent whose command line has `words`."""
        return [pid for pid, (parent, args) in table().items() if parent == self.pid and words in args]

    def one(self, words: str) -> int:
        """The only such child, as soon as it is there."""
        return int(wait_until(lambda: self.find(words), words)[0])

    def replaced(self, words: str, old: int) -> int:
        """The child that came in place of `old`."""
        return int(wait_until(lambda: [pid for pid in self.find(words) if pid != old], f"a new {words}")[0])

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def ring(self, job: str, *args: Any) -> None:
        """Enqueue a job of tests.faults.jobs, as soon as Redis answers."""
        from fastoffice import work_queue

        wait_until(lambda: embedded.answers(embedded.socket_path(self.folder)), "Redis")
        with self.app.app_context():
            assert work_queue.ring_now(f"tests.faults.jobs.{job}", *args)

    def tick_count(self) -> int:
        return self.log.read_text().count("ticker: tick:")

    def stop(self) -> None:
        """End whatever the test left."""
        if self.process is None:
            return
        below = descendants(self.pid)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
