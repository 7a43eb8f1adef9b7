"""Where the processes of the open house are born: one that has imported the application forks each of them.

An import takes two seconds of a processor, and a house under fire starts a hundred processes. What runs in each is
what its command names, `worker.main()` or gunicorn, in a process of its own with the parent, session, descriptors,
environment and command line that `subprocess` would have given it. How commands start from nothing is what
test_worker_faults and test_make_run see.
"""

from __future__ import annotations

import ctypes
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MOVED_CLOCK = ROOT / "tests" / "doubles" / "moved_clock"
WORKER, GUNICORN = "worker.py", "gunicorn"
ROOM_FOR_NAMES = "-" * 500  # a process cannot have a longer command line than it was started with
HIGHEST_DESCRIPTOR = 4096
LOOK_SECONDS = 0.02


class Cradle:
    """The test's side. `seconds` is how long the import took on this machine as it is now."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.cradle", ROOM_FOR_NAMES], cwd=ROOT, env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._ask(None)
        self.seconds = time.monotonic() - began

    def bear(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Newborn:
        """A process that runs `command`, whose first word is WORKER or GUNICORN; what it prints goes to `log`."""
        return Newborn(self._ask({"command": list(command), "environment": dict(environment), "log": str(log)}))

    def _ask(self, order: dict[str, Any] | None) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


class Newborn:
    """What `subprocess.Popen` is to whoever started a process, for one that was forked in the cradle."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it lives."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        while self.poll() is None:
            time.sleep(LOOK_SECONDS)


class Child:
    """The same for a process that its own parent forked, as far as the product's supervisor asks."""

    def __init__(self, pid: int) -> None:
        self.pid, self.returncode = pid, None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("a forked child", timeout or 0)
            time.sleep(LOOK_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def serve() -> None:
    """The cradle's side: fork whatever is ordered, a line of JSON each, and say its process id."""
    _import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks here how they died
    for line in sys.stdin:
        order = json.loads(line)
        pid = _fork(lambda order=order: _leave(**order)) if order else os.getpid()
        print(pid, flush=True)


def _import_everything() -> None:
    """What the commands import, and what an application imports while it is made."""
    import gunicorn.app.wsgiapp
    import gunicorn.arbiter
    import gunicorn.workers.gthread

    import worker
    from fastoffice import create_app, production
    from fastoffice.processes import queue_worker, supervisor, ticker

    create_app()
    _ = (gunicorn, production, queue_worker, ticker)
    supervisor.subprocess = SimpleNamespace(  # type: ignore[assignment]
        Popen=lambda command, **options: _start(worker.SELF, command, **options),
        DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired)


def _leave(command: list[str], environment: dict[str, str], log: str) -> None:
    """Out of the cradle: the clock, the output and the environment of a process that was just started.

    A test that is killed itself leaves no house behind: the cradle ends with it, and the parents with the cradle.
    """
    from fastoffice.processes import lifeline

    lifeline.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.closerange(3, HIGHEST_DESCRIPTOR)
    _run(command, environment, before=lambda: runpy.run_path(str(MOVED_CLOCK / "sitecustomize.py")))


def _start(own: list[str], command: list[str], **options: Any) -> Any:
    """A child of the house's parent: its own commands are forked, those of others start as ever."""
    if command[:len(own)] != own:
        return subprocess.Popen(command, **options)
    return Child(_fork(lambda: _begin([WORKER, *command[len(own):]], options["env"], options["pass_fds"])))


def _begin(command: list[str], environment: dict[str, str], kept: tuple[int, ...]) -> None:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for descriptor in set(range(3, HIGHEST_DESCRIPTOR)) - set(kept):
        with suppress(OSError):
            os.close(descriptor)
    _run(command, environment)


def _run(command: list[str], environment: dict[str, str], before: Callable[[], Any] = lambda: None) -> None:
    """What the command names, under its name."""
    os.environ.clear()
    os.environ.update(environment)
    _be_called(command)
    before()
    sys.argv = command
    if command[0] == WORKER:
        import worker

        sys.exit(worker.main())
    from gunicorn.app import wsgiapp

    wsgiapp.run()


def _fork(life: Callable[[], None]) -> int:
    """A process that lives `life` and never comes back from it."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        life()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  as the interpreter does at the end of a program
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _be_called(command: Sequence[str]) -> None:
    """Let the process table show this command: whoever looks for victims goes by it."""
    words = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(words[45]), int(words[46])  # arg_start and arg_end, see proc(5)
    name = "\0".join([sys.executable, *command]).encode()
    assert len(name) < end - start
    ctypes.memmove(start, name.ljust(end - start, b"\0"), end - start)


if __name__ == "__main__":
    serve()
