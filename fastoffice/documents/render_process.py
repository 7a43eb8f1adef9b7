"""One rendering child as its parent sees it: start, send a document, get an answer in time, replace."""

from __future__ import annotations

import os
import pickle
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fastoffice import clock
from fastoffice.documents.contexts import Document

CHILD = Path(__file__).with_name("render_child.py")
HEADER = struct.Struct(">Q")
START_SECONDS = 60
GRACE_SECONDS = 2
MAX_ANSWER = 256 << 20
CHUNK = 1 << 16
LAST_WORDS = 300


class RenderError(Exception):
    """A document could not be made. The text says why, for staff and log."""


class RenderTimeout(RenderError):
    """It took longer than it may."""


class RenderOutOfMemory(RenderError):
    """It wanted more memory than it may have."""


class RenderFailed(RenderError):
    """It cannot be made from these values, or its process died."""


class ChildDied(Exception):
    """This child is of no further use; ``cause`` is what its document's caller gets."""

    def __init__(self, cause: RenderError) -> None:
        super().__init__(str(cause))
        self.cause = cause


@dataclass(frozen=True)
class Limits:
    """Per document: wall-clock seconds; per child: address space in bytes."""

    seconds: float
    memory: int


class RenderProcess:
    """A child that renders one document at a time. Used by one thread at a time."""

    def __init__(self, limits: Limits, scratch: str) -> None:
        """Start it and wait until it is warm. Raises ChildDied when it does not come up."""
        self._limits = limits
        self._scratch = tempfile.mkdtemp(dir=scratch)
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and script, no shell
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_environment(self._scratch),
            start_new_session=True,
        )
        try:
            self._send(pickle.dumps((sys.path, limits.memory, limits.seconds)))
            self._receive(START_SECONDS)
        except ChildDied:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def render(self, template: str, context: Document | Mapping[str, Any], lang: str) -> bytes:
        """The PDF. Raises RenderFailed for this document, or ChildDied when the child is lost with it."""
        try:
            job = pickle.dumps((template, context, lang), protocol=pickle.HIGHEST_PROTOCOL)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise RenderFailed(f"these values cannot be sent to the renderer: {error}") from error
        self._send(job)
        answer = self._receive(self._limits.seconds + GRACE_SECONDS)
        kind, payload = answer[:1], answer[1:]
        if kind == b"P":
            return payload
        if kind == b"M":
            raise ChildDied(self._out_of_memory())
        raise RenderFailed(payload.decode("utf-8", "replace"))

    def kill(self) -> None:
        """End it at once; whoever waits for its answer gets ChildDied."""
        self._process.kill()

    def close(self) -> None:
        """End it and give back everything it held."""
        self._process.kill()
        self._process.wait()
        self.abandon()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def abandon(self) -> None:
        """Close our ends of the pipes without touching the process."""
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream:
                _close(stream)
        self._process.returncode = self._process.returncode or 0

    def _send(self, payload: bytes) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(HEADER.pack(len(payload)) + payload)
            stream.flush()
        except (BrokenPipeError, ValueError) as error:
            raise ChildDied(self._cause_of_death()) from error

    def _receive(self, seconds: float) -> bytes:
        deadline = clock.monotonic() + seconds
        (size,) = HEADER.unpack(self._read(HEADER.size, deadline))
        if size > MAX_ANSWER:
            raise ChildDied(RenderFailed("the renderer answered with more than a document can have"))
        return self._read(size, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        stream = self._process.stdout
        assert stream is not None
        parts, missing = [], size
        while missing:
            ready, _, _ = select.select([stream], [], [], max(0, deadline - clock.monotonic()))
            if not ready:
                raise ChildDied(self._timeout())
            part = os.read(stream.fileno(), min(missing, CHUNK))
            if not part:
                raise ChildDied(self._cause_of_death())
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _timeout(self) -> RenderTimeout:
        return RenderTimeout(f"took longer than {self._limits.seconds:g} seconds")

    def _out_of_memory(self) -> RenderOutOfMemory:
        return RenderOutOfMemory(f"needed more than {self._limits.memory >> 20} MB")

    def _cause_of_death(self) -> RenderError:
        """Why the pipe broke, from the exit status and the last words."""
        try:
            number = -self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return RenderFailed("the renderer's process stopped answering")
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - LAST_WORDS))
        words = self._log.read().decode("utf-8", "replace").strip()
        if number == signal.SIGALRM:
            return self._timeout()
        if any(sign in words for sign in ("MemoryError", "failed to allocate", "memory allocation")):
            return self._out_of_memory()
        name = signal.Signals(number).name if number > 0 else f"exit {-number}"
        return RenderFailed(f"the renderer's process ended with {name}. {words}".strip())


def _environment(scratch: str) -> dict[str, str]:
    """Hardly anything: no secret of ours belongs in a process that handles strangers' text."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {
        "PATH": os.defpath,
        "HOME": scratch,
        "TMPDIR": scratch,
        "XDG_CACHE_HOME": cache,  # where the system keeps its list of fonts
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",
    }


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return  # what was buffered for a dead child is of no use
