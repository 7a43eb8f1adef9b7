"""Processes that do the product's work and are killed at random moments.

Each is forked from the test with everything imported, so that a kill lands in the work and not in the start.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from fastoffice.extensions import db

FORK = multiprocessing.get_context("fork")
LONGEST_SECONDS = 120


@dataclass
class Arena:
    """Runs roles as processes of their own; `kills` counts those that died by our hand while at work."""

    app: Flask
    chance: random.Random
    kills: dict[str, int] = field(default_factory=dict)

    def start(self, role: Callable[..., Any], *arguments: Any) -> Any:
        db.session.remove()
        db.engine.dispose()  # a connection must not be shared between processes
        process = FORK.Process(target=_play, args=(self.app, role, arguments))
        process.start()
        return process

    def finish(self, role: Callable[..., Any], *arguments: Any) -> None:
        """Let a role do its work to the end; whatever goes wrong there goes wrong here."""
        process = self.start(role, *arguments)
        process.join(LONGEST_SECONDS)
        assert process.exitcode == 0, f"{role.__name__} ended with {process.exitcode}"
        process.close()

    def kill_during(self, together: list[tuple[Callable[..., Any], tuple[Any, ...]]], longest: float) -> None:
        """Start roles at once and kill -9 each at its own random moment; one that was quicker is no kill."""
        ends = []
        for role, arguments in together:
            ends.append((time.monotonic() + self.chance.uniform(0.0, longest), role.__name__,
                         self.start(role, *arguments)))
        for moment, name, process in sorted(ends, key=lambda end: end[0]):
            process.join(max(0.0, moment - time.monotonic()))
            if process.exitcode is None:
                os.kill(process.pid, signal.SIGKILL)
                self.kills[name] = self.kills.get(name, 0) + 1
            process.join()
            process.close()


def _play(app: Flask, role: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    with app.app_context():
        role(*arguments)
        db.session.remove()
    os._exit(0)
