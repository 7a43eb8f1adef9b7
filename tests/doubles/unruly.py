"""Functions that misbehave, for the limits that they run into."""

from __future__ import annotations

import os
import signal
import time
from fractions import Fraction
from pathlib import Path


def add(left: int, right: int) -> int:
    return left + right


def spin() -> None:
    while True:
        sum(range(10_000))


def sleep_for_ever() -> None:
    while True:
        time.sleep(60)


def take_memory(megabytes: int) -> int:
    return len(bytearray(megabytes << 20))


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def refuse(message: str) -> None:
    raise ValueError(message)


def surroundings() -> dict[str, object]:
    """What a parser could reach: environment, descriptors and the folder it starts in."""
    return {
        "environment": dict(os.environ),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "folder": os.getcwd(),
    }


def trick() -> object:
    """A result that would run code where it is unpickled by an ordinary unpickler."""

    class Payload:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, ("touch /tmp/never",)

    return Payload()


def half() -> Fraction:
    return Fraction(1, 2)


def chatter() -> str:
    print("noise on the way")
    os.write(1, b"raw noise")
    return "quiet"


def fill(folder: str, megabytes: int) -> None:
    Path(folder, "big").write_bytes(bytes(megabytes << 20))


def hang_up_on(number: int) -> None:
    signal.signal(number, signal.SIG_IGN)
    spin()


def store(url: str, data: bytes) -> str:
    """Put bytes in a storage from inside a process that may not write so much."""
    from fastoffice.documents.storage import Storage

    return Storage(url).put(data, "application/pdf").sha256
