"""Background entry: `python worker.py` looks after the RQ workers, the ticker and, without REDIS_URL, Redis.

    python worker.py                         everything in the background
    python worker.py --only ticker|workers   a part of it, for installations on several machines
    python worker.py --role ticker|worker    one process, as the parent starts them
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys

gc.disable()  # what is imported stays: looking for garbage meanwhile is a quarter of the start

from fastoffice import create_app, embedded, logging_setup
from fastoffice.config import Settings, SettingsError, read_settings
from fastoffice.processes import lifeline
from fastoffice.processes.supervisor import Child, Supervisor

SELF = [sys.executable, os.path.abspath(__file__)]
ALL_QUEUES = "default,slow"


def family(settings: Settings, only: str | None) -> list[Child]:
    """The processes that should be running. One of several workers leaves the slow queue to the others."""
    drain = float(os.environ.get("DRAIN_SECONDS") or 20)
    children = []
    if settings.redis_url is None:
        path = embedded.socket_path(settings.instance)
        children.append(Child("redis", lifeline.leashed(embedded.command(settings.instance)), rank=1,
                              needed=lambda: not embedded.answers(path)))
    if only != "ticker":
        for number in range(settings.workers):
            queues = "default" if number == 0 and settings.workers > 1 else ALL_QUEUES
            children.append(Child(f"worker {number + 1}", [*SELF, "--role", "worker", "--queues", queues],
                                  {"OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}, patience=drain))
    if only != "workers":
        children.append(Child("ticker", [*SELF, "--role", "ticker"], patience=drain))
    return children


def supervise(settings: Settings, only: str | None) -> None:
    """The parent's life."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(family(settings, only))
    supervisor.listen()
    _collect_from_now_on()
    if lifeline.PARENT in os.environ:
        lifeline.die_with_parent(signal.SIGTERM)
        lifeline.watch(signal.SIGTERM)
    supervisor.run()


def be(role: str, queues: str, settings: Settings) -> None:
    """A child's life. What it works with is imported here: its parent needs none of it."""
    lifeline.die_with_parent(signal.SIGKILL)
    lifeline.watch(signal.SIGKILL)
    app = create_app(settings)
    from fastoffice import production
    from fastoffice.processes import queue_worker
    from fastoffice.processes.ticker import Ticker

    production.refuse_unfit(app)
    _collect_from_now_on()
    if role == "ticker":
        Ticker(app).run()
    else:
        queue_worker.run(app, queues.split(","))


def _collect_from_now_on() -> None:
    gc.freeze()  # what is there stays; the processes of jobs share it
    gc.enable()


def main() -> int:
    parser = argparse.ArgumentParser(description="FastOffice's background processes.")
    parser.add_argument("--only", choices=("ticker", "workers"))
    parser.add_argument("--role", choices=("ticker", "worker"), help=argparse.SUPPRESS)
    parser.add_argument("--queues", default=ALL_QUEUES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        settings = read_settings()
        logging_setup.configure(settings)
        if options.role:
            be(options.role, options.queues, settings)
        else:
            supervise(settings, options.only)
    except SettingsError as error:
        sys.stderr.write("".join(f"{fault}\n" for fault in error.faults))
        return 2
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
