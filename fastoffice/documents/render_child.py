"""A renderer's child process: reads jobs from stdin, answers on stdout, dies with its parent.

Run as a script. One frame in, one frame out: a length of eight bytes, then the payload. A job is a pickle made
by our own parent; an answer starts with one letter (P the PDF, E an error's text, M out of memory), so that
nothing a child sends is ever unpickled. End of input means that the parent closed us or died.

While a document is being made an alarm is set whose default action ends this process, so a hanging document
ends itself even if nobody is left to end it. The collector of cyclic garbage runs between documents instead of
in their middle: that alone is a seventh of a document's time.
"""

import gc
import os
import pickle
import resource
import shutil
import signal
import struct
import sys
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).parent))
import bare  # found by path: the package itself is not imported here

HEADER = struct.Struct(">Q")


def limit(memory: int) -> None:
    """Bound the address space, so that a monstrous document ends here and not the machine."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory and hasattr(resource, "RLIMIT_AS"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next payload; None when the other end is closed."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    payload = stream.read(size)
    return payload if len(payload) == size else None


def write_frame(stream: IO[bytes], payload: bytes) -> None:
    """One payload with its length."""
    stream.write(HEADER.pack(len(payload)) + payload)
    stream.flush()


def answer_to(job: bytes, seconds: float) -> bytes:
    """The PDF or what went wrong, as a payload."""
    from fastoffice.documents import pdf
    from fastoffice.documents.assets import AssetRefused

    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        template, context, lang = pickle.loads(job)  # noqa: S301 - written by our own parent
        return b"P" + pdf.render_pdf(template, context, lang=lang)
    except MemoryError:
        return b"M"
    except (Exception, AssetRefused) as error:  # noqa: BLE001 - it goes to the parent by name
        return f"E{type(error).__name__}: {error}".encode("utf-8", "replace")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def serve(requests: IO[bytes], answers: IO[bytes], seconds: float) -> None:
    """Answer until the input ends, or until memory ran out: a new process starts over then."""
    gc.collect()
    gc.freeze()
    gc.disable()
    while (job := read_frame(requests)) is not None:
        answer = answer_to(job, seconds)
        write_frame(answers, answer)
        if answer == b"M":
            return
        gc.collect()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)  # a parent that was killed cannot


def main() -> None:
    """Set up the limits and the warm library, say ready, serve."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # a stray print must not mix with the answers
    setup = read_frame(requests)
    if setup is None:
        return
    search_path, memory, seconds = pickle.loads(setup)  # noqa: S301 - written by our own parent
    bare.prepare(search_path)
    limit(memory)
    gc.disable()  # while the library is imported there is nothing to collect
    from fastoffice.documents import pdf

    pdf.warm_up()
    write_frame(answers, b"R")
    serve(requests, answers, seconds)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)  # the parent is gone, and nobody waits for the answer
