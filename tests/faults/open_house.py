"""The whole house as it runs: `worker.py` with all it looks after and gunicorn, on a clock that the test sets.

`Killer` kills any of their processes, their parents too, and starts a killed parent again as the machine's own
service manager would.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fastoffice import clock
from tests.faults.cradle import GUNICORN, MOVED_CLOCK, WORKER, Cradle, Newborn
from tests.faults.processes import House, descendants, table, wait_until
from tests.servers import free_port

SELDOM = 0.25  # seconds between two questions about what takes many: asking costs what the house could use
# How often each kind is the victim. What is forked comes back at once, what has to start takes a second or two.
WEIGHTS = {"job": 12, "printer": 6, "web": 12, "ticker": 3, "worker": 3, "web parent": 1, "parent": 1, "redis": 1}
CHILDREN = {"redis": "redis-server", "ticker": "--role ticker", "worker": "--role worker"}
SHORTEST = 0.05  # seconds between two kills
KILLS_PER_IMPORT = 3  # the longest pause is a part of what an import takes here: a slow machine gets somewhere too


class OpenHouse(House):
    """Background and web; `set_clock` before `open`."""

    def __init__(self, folder: Path, database_url: str, smtp_url: str) -> None:
        super().__init__(folder, workers=2)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment |= {
            "DATABASE_URL": database_url, "SMTP_URL": smtp_url, "BASE_URL": self.url, "DRAIN_SECONDS": "1",
            "BIND": f"127.0.0.1:{self.port}", "WEB_WORKERS": "2", "WEB_THREADS": "2", "ACCESS_LOG": "0",
            "PYTHONPATH": str(MOVED_CLOCK), "CLOCK_SHIFT_SECONDS": "0",
        }
        self.rebuild_app()
        self.cradle = Cradle(self._surroundings())
        self.web: Newborn | None = None

    def set_clock(self, moment: datetime) -> None:
        """What processes that start from now on take for the present."""
        self.environment["CLOCK_SHIFT_SECONDS"] = str((moment - clock.now()).total_seconds())

    def _surroundings(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environment}

    def open(self) -> None:
        """Start everything and wait until all of it is there."""
        self.start()
        self.start_web()
        wait_until(lambda: all(self.living()[kind] for kind in ("web", "ticker", "worker", "redis")), "the house",
                   pause=SELDOM)

    def start(self, *arguments: str) -> None:
        self.process = self.cradle.bear([WORKER, *arguments], self._surroundings(), self.log)  # type: ignore[assignment]

    def start_web(self) -> None:
        self.web = self.cradle.bear([GUNICORN, "-c", "gunicorn.conf.py", "app:app"], self._surroundings(), self.log)

    def living(self) -> dict[str, list[int]]:
        """Process ids by kind."""
        assert self.web is not None
        now = table()
        found: dict[str, list[int]] = {kind: [] for kind in WEIGHTS}
        found["parent"], found["web parent"] = [self.pid], [self.web.pid]
        found["web"] = list(descendants(self.web.pid, now))
        for pid, (parent, args) in now.items():
            kind = next((kind for kind, words in CHILDREN.items() if words in args), None)
            if parent == self.pid and kind:
                found[kind].append(pid)
        for worker in found["worker"]:
            for pid, args in descendants(worker, now).items():
                found["job" if "--role worker" in args else "printer"].append(pid)
        return found

    def stop(self) -> None:
        if self.web is not None:
            below = descendants(self.web.pid)
            self.web.kill()
            self.web.wait()
            for pid in below:
                _kill(pid)
        super().stop()


class Killer:
    """`rampage` kills until it is told to stop; `kills` counts the dead by kind."""

    def __init__(self, house: OpenHouse, chance: random.Random) -> None:
        self.house, self._chance = house, chance
        self.kills: Counter[str] = Counter()
        self._deck: list[str] = []

    @property
    def count(self) -> int:
        return sum(self.kills.values())

    def rampage(self, is_over: Callable[[], bool]) -> None:
        """While there is work: one victim after the other, at random moments."""
        pause, longest = threading.Event(), self.house.cradle.seconds / KILLS_PER_IMPORT
        while not is_over():
            pause.wait(self._chance.uniform(SHORTEST, longest))
            self.kill_one()

    def kill_one(self) -> None:
        """The next kind, and one of them if there is one: a house that only has its parents yet is let be.

        Kinds are drawn from a shuffled deck, so that a hundred kills leave out none of those that always run.
        """
        if not self._deck:
            self._deck = [kind for kind, cards in WEIGHTS.items() for _card in range(cards)]
            self._chance.shuffle(self._deck)
        kind = self._deck.pop()
        living = self.house.living()[kind]
        if living and _kill(self._chance.choice(living)):
            self.kills[kind] += 1
        self._raise_parents()

    def _raise_parents(self) -> None:
        assert self.house.process is not None
        assert self.house.web is not None
        if self.house.process.poll() is not None:
            self.house.start()
        if self.house.web.poll() is not None:
            self.house.start_web()


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
