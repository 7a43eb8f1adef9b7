"""A child dies with its parent, even when the parent is killed and can tell nobody.

On Linux the kernel sends the signal (PR_SET_PDEATHSIG, kept across exec). Everywhere a pipe does: only the
parent holds its writing end, so reading it ends when the parent does.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading

log = logging.getLogger(__name__)
PIPE = "FASTOFFICE_LIFELINE"
PARENT = "FASTOFFICE_PARENT"
PR_SET_PDEATHSIG = 1


class Lifeline:
    """The parent's side: pass `environment()` and `descriptors` to each child."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_inheritable(self._read, True)

    @property
    def descriptors(self) -> tuple[int, ...]:
        return (self._read,)

    def environment(self) -> dict[str, str]:
        return {PIPE: str(self._read), PARENT: str(os.getpid())}


def die_with_parent(how: signal.Signals = signal.SIGKILL, parent: int | None = None) -> None:
    """The child's side: ask the kernel to send `how` when the parent dies. Does nothing where it cannot.

    `parent` is the process id that must still be the parent; by default the one that `Lifeline` told.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0) != 0:
        log.warning("the kernel will not tell us when the parent dies: %s", os.strerror(ctypes.get_errno()))
    parent = parent or int(os.environ.get(PARENT) or os.getppid())
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), how)


def leashed(command: list[str]) -> list[str]:
    """The command of a program of others, run so that it ends (SIGTERM) when its parent does."""
    return [sys.executable, "-I", __file__, *command]


def forked_children_die_with_us() -> None:
    """From now on what this process forks is killed when this process dies."""
    parents: list[int] = []

    def remember() -> None:
        parents[:] = [os.getpid()]

    def bind() -> None:
        die_with_parent(signal.SIGKILL, parents[0])

    os.register_at_fork(before=remember, after_in_child=bind)


def watch(how: signal.Signals = signal.SIGTERM) -> None:
    """Send ourselves `how` when the parent's end of the pipe closes; for systems whose kernel does not."""
    descriptor = os.environ.get(PIPE)
    if descriptor is None:
        return
    threading.Thread(target=_wait, args=(int(descriptor), how), name="lifeline", daemon=True).start()


def _wait(descriptor: int, how: signal.Signals) -> None:
    try:
        while os.read(descriptor, 1):
            continue
    except OSError as error:
        log.warning("the lifeline broke: %s", error)
    os.kill(os.getpid(), how)


if __name__ == "__main__":  # python -I lifeline.py PROGRAM ARGUMENTS…
    die_with_parent(signal.SIGTERM)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606
