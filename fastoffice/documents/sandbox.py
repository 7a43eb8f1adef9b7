"""Run one function in a child process with limits, for input that strangers made.

Spreadsheets and images are parsed by native code that a crafted file can crash, hang or blow up. Here that
costs one child: it gets a fresh interpreter with hardly any environment (no secrets), no descriptor of ours,
limits on memory, processor time, wall-clock time, open files and written bytes, and it hands back plain data
only. What comes back is not trusted either: it is read by an unpickler that builds nothing but plain values
and the classes that the caller allows.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

CHILD = Path(__file__).with_name("sandbox_child.py")
GRACE_SECONDS = 2
STDERR_TAIL = 2000
PLAIN_CLASSES = frozenset(
    {
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("builtins", "bytearray"),
        ("datetime", "date"),
        ("datetime", "time"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
    }
)


class SandboxError(Exception):
    """The limited child gave no result."""


class SandboxTimeout(SandboxError):
    """It used up its wall-clock or processor time."""


class SandboxMemory(SandboxError):
    """It wanted more memory than it may have."""


class SandboxFailed(SandboxError):
    """It raised or died. ``error_type`` is the name of the exception's class, or of the signal."""

    def __init__(self, message: str, error_type: str = "") -> None:
        super().__init__(message)
        self.error_type = error_type


class _PlainUnpickler(pickle.Unpickler):
    """Builds plain values and allowed classes; anything else that a child sends is refused."""

    def __init__(self, stream: IO[bytes], allowed: frozenset[tuple[str, str]]) -> None:
        super().__init__(stream)
        self._allowed = allowed

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._allowed:
            raise pickle.UnpicklingError(f"{module}.{name} is not a plain value")
        return super().find_class(module, name)


def run_limited(
    target: str,
    args: Sequence[Any] = (),
    *,
    memory_mb: int = 512,
    seconds: float = 30,
    output_mb: int = 64,
    result_classes: Iterable[type] = (),
) -> Any:
    """Call ``target`` ("package.module:function") with ``args`` in a limited child and return its result.

    The result may hold None, bool, int, float, str, bytes, Decimal, dates and times in lists, tuples, sets
    and dicts, plus instances of ``result_classes``. ``memory_mb`` bounds the child's address space,
    ``seconds`` its wall-clock and processor time, ``output_mb`` any file it writes, its result included.

    Raises SandboxTimeout, SandboxMemory, or SandboxFailed with the child's own message.
    """
    limits = {"memory": memory_mb << 20, "seconds": seconds, "output": output_mb << 20}
    with tempfile.TemporaryFile() as job, tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as log:
        pickle.dump({"path": sys.path, "limits": limits, "target": target}, job)
        pickle.dump(tuple(args), job, protocol=pickle.HIGHEST_PROTOCOL)
        job.seek(0)
        with tempfile.TemporaryDirectory(prefix="fastoffice-sandbox-") as scratch:
            returncode = _run(job, answer, log, scratch, seconds)
        answer.seek(0)
        payload = answer.read()
        if returncode != 0 or not payload:
            raise _death(returncode, _tail(log), seconds, memory_mb)
        return _outcome(payload, result_classes, memory_mb)


def _run(job: IO[bytes], answer: IO[bytes], log: IO[bytes], scratch: str, seconds: float) -> int:
    """Exit status of the child; negative is a signal, as in subprocess."""
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TMPDIR": scratch,
        "MALLOC_ARENA_MAX": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-I", str(CHILD)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and script, no shell
        command, stdin=job, stdout=answer, stderr=log, env=environment, cwd=scratch, start_new_session=True
    ) as child:
        try:
            return child.wait(seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return -signal.SIGALRM
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)


def _tail(log: IO[bytes]) -> str:
    end = log.seek(0, os.SEEK_END)
    log.seek(max(0, end - STDERR_TAIL))
    return log.read().decode("utf-8", "replace").strip()


def _death(returncode: int, stderr: str, seconds: float, memory_mb: int) -> SandboxError:
    """The error for a child that ended without an answer."""
    number = -returncode
    if number in (signal.SIGALRM, signal.SIGXCPU):
        return SandboxTimeout(f"took longer than {seconds:g} seconds")
    if number == signal.SIGKILL or "memory allocation" in stderr or "MemoryError" in stderr:
        return SandboxMemory(f"needed more than {memory_mb} MB")
    name = signal.Signals(number).name if number > 0 else f"exit {returncode}"
    return SandboxFailed(f"the child ended with {name}: {stderr[-300:]}", name)


def _outcome(payload: bytes, result_classes: Iterable[type], memory_mb: int) -> Any:
    allowed = PLAIN_CLASSES | {(each.__module__, each.__qualname__) for each in result_classes}
    try:
        kind, value, error_type = _PlainUnpickler(io.BytesIO(payload), allowed).load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise SandboxFailed(f"the child's result cannot be read: {error}", type(error).__name__) from error
    if kind == "memory":
        raise SandboxMemory(f"needed more than {memory_mb} MB")
    if kind == "error":
        raise SandboxFailed(str(value), str(error_type))
    return value
