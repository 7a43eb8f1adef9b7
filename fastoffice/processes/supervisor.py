"""Keeps a family of processes alive: starts them, restarts those that die, ends them all together.

A child that keeps dying waits longer each time (1, 2, 4 … 30 seconds), one that lived a minute starts afresh.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

from fastoffice import clock
from fastoffice.processes.lifeline import Lifeline

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
LONGEST_WAIT = 30.0
STEADY_SECONDS = 60.0


@dataclass(slots=True)
class Child:
    """A command that should be running while `needed()`; `patience` seconds to end after SIGTERM.

    `rank`: children of a higher rank are stopped only after those of a lower one.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    patience: float = 10.0
    rank: int = 0
    needed: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0


class Supervisor:
    """The parent of `children`; `run` returns when `stop` was asked for (also by SIGTERM or SIGINT).

    What the children print goes to `output`, by default where the parent's goes.
    """

    def __init__(self, children: Sequence[Child], output: IO[bytes] | None = None) -> None:
        self.children = list(children)
        self._output = output
        self._lifeline = Lifeline()
        self._stopping = threading.Event()

    def stop(self, _signum: int = 0, _frame: FrameType | None = None) -> None:
        """Ask for the end; safe inside a signal handler."""
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def listen(self) -> None:
        """Let SIGTERM, SIGINT and a closed terminal ask for the end."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.stop)

    def run(self) -> None:
        """Look after the children until asked to stop, then end them in order of rank."""
        try:
            while not self._stopping.is_set():
                self.look()
                self._stopping.wait(LOOK_SECONDS)
        finally:
            self.end_all()

    def look(self) -> None:
        """One round: notice the dead, start what is needed and not waiting out its pause."""
        for child in self.children:
            self.bury(child)
            if child.process is None and clock.monotonic() >= child.not_before and child.needed():
                self._start(child)

    def _start(self, child: Child) -> None:
        environment = {**os.environ, **child.environment, **self._lifeline.environment()}
        child.process = subprocess.Popen(  # noqa: S603  our own commands, no shell
            list(child.command), env=environment, pass_fds=self._lifeline.descriptors, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output)
        child.started = clock.monotonic()
        log.info("%s started, process %s", child.name, child.process.pid)

    def bury(self, child: Child) -> None:
        """Note that a child died and when it may be started again."""
        if child.process is None or child.process.poll() is None:
            return
        code = child.process.returncode
        child.process = None
        if self._stopping.is_set():
            return
        lived = clock.monotonic() - child.started
        child.deaths = 1 if lived > STEADY_SECONDS else child.deaths + 1
        pause = 0.0 if child.deaths == 1 else min(LONGEST_WAIT, 2.0 ** (child.deaths - 2))
        child.not_before = clock.monotonic() + pause
        log.warning("%s ended with %s after %.0f seconds, starting it again in %.0f", child.name, code, lived, pause)

    def end_all(self) -> None:
        """End every child: SIGTERM to the lowest rank first, SIGKILL to its whole session when time is up."""
        self._stopping.set()
        for rank in sorted({child.rank for child in self.children}):
            self._end([child for child in self.children if child.rank == rank and child.process is not None])

    def _end(self, children: list[Child]) -> None:
        for child in children:
            _signal(child, signal.SIGTERM)
        for child in children:
            assert child.process is not None
            try:
                child.process.wait(max(0.1, child.patience))
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in %.0f seconds and is killed", child.name, child.patience)
                _signal(child, signal.SIGKILL)
                child.process.wait()
            child.process = None


def _signal(child: Child, number: signal.Signals) -> None:
    """To the child alone when it may still end in order, to all of its session when it must."""
    assert child.process is not None
    try:
        if number is signal.SIGKILL:
            os.killpg(child.process.pid, number)
        else:
            child.process.send_signal(number)
    except ProcessLookupError:
        log.debug("%s was gone already", child.name)
