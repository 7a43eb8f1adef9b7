"""Values that misbehave when a template prints them. They travel to the renderer's children like any other."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

from fastoffice.documents.contexts import Line


class Endless:
    """A text that never comes to an end: it hangs the template without using the processor."""

    def __str__(self) -> str:
        while True:
            time.sleep(60)


class Busy:
    """A text that computes for ever."""

    def __str__(self) -> str:
        while True:
            sum(range(10_000))


class EndlessLines:
    """An invoice without a last line."""

    def __iter__(self) -> Iterator[Line]:
        while True:
            yield Line(description="x" * 1000, unit_price=1, amount=1)


class Greedy:
    """A text that takes a gigabyte."""

    def __str__(self) -> str:
        return str(len(bytearray(1 << 30)))


class Deadly:
    """A text whose printing ends the process, as a crash in native code would."""

    def __str__(self) -> str:
        os.kill(os.getpid(), signal.SIGSEGV)
        return ""


class Faulty:
    """A text that raises."""

    def __str__(self) -> str:
        raise ValueError("this value cannot be printed")
