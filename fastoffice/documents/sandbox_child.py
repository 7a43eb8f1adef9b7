"""The limited child of ``sandbox.run_limited``: reads its job from stdin, writes its answer to stdout.

Run as a script in a fresh interpreter. The limits are set before anything of the job is touched.
"""

import importlib
import math
import os
import pickle
import resource
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import bare  # found by path: the package itself is not imported here

OPEN_FILES = 64


def limit(memory: int, seconds: float, output: int) -> None:
    """Bound this process. The alarm's default action ends it even if the parent is gone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    cpu = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    if hasattr(resource, "RLIMIT_AS"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.setitimer(signal.ITIMER_REAL, seconds)


def answer_to(stream: object, target: str) -> tuple[str, object, str]:
    """("ok", result, "") or what went wrong, as plain values."""
    module, _, function = target.partition(":")
    try:
        args = pickle.load(stream)  # type: ignore[arg-type] # noqa: S301 - written by our own parent
        return "ok", getattr(importlib.import_module(module), function)(*args), ""
    except MemoryError:
        return "memory", None, "MemoryError"
    except Exception as error:  # noqa: BLE001 - whatever it was goes to the parent by name
        return "error", str(error), type(error).__name__


def main() -> None:
    """One job, one answer."""
    stream = sys.stdin.buffer
    job = pickle.load(stream)  # noqa: S301 - written by our own parent
    bare.prepare(job["path"])
    limit(**job["limits"])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not mix with the answer
    answer = answer_to(stream, job["target"])
    try:
        payload = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        payload = pickle.dumps(("memory", None, "MemoryError"))
    with answers:
        answers.write(payload)


if __name__ == "__main__":
    main()
