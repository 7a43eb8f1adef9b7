"""A small piece of recurring work. It may run twice, late, in parallel, or be killed at any line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unit:
    """Call the function `job` ("package.module.function") with `args`.

    `args` are ids and plain values that a queue can carry; `branch_id` only says whose work it is;
    `seconds` bounds how long a worker may take.
    """

    job: str
    args: tuple[Any, ...] = ()
    branch_id: int | None = None
    queue: str = "default"
    seconds: int = 600

    @property
    def key(self) -> str:
        """The same for the same work: what is waiting in the queue already is not enqueued again."""
        return "-".join([self.job, *(str(arg) for arg in self.args)]).replace(":", ".")
