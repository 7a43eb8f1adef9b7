"""A pool of warm child processes that turn documents into PDFs, each with a limit on time and memory.

A document that hangs, eats memory or kills its process fails alone, by name; the child is replaced and the
others go on. Children are recycled after a number of documents. They hold nothing: parent and child share a
pair of pipes, and a child whose parent is gone reads the end of its input and leaves.

    with Renderer(processes=2) as renderer:
        for key, outcome in renderer.render_many(jobs):
            ...                     # bytes of the PDF, or a RenderError

or `shared()`, one pool per process, started when first used and started anew after a fork.
"""

from __future__ import annotations

import atexit
import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from fastoffice.documents.contexts import Document
from fastoffice.documents.render_process import (
    ChildDied,
    Limits,
    RenderError,
    RenderFailed,
    RenderOutOfMemory,
    RenderProcess,
    RenderTimeout,
)

__all__ = [
    "RenderError",
    "RenderFailed",
    "RenderJob",
    "RenderOutOfMemory",
    "RenderTimeout",
    "Renderer",
    "render",
    "shared",
]

DOCUMENTS_PER_CHILD = 500
AHEAD_PER_CHILD = 3


@dataclass(frozen=True)
class RenderJob:
    """One document to make. ``key`` is the caller's own name for it and comes back with the outcome."""

    key: Hashable
    template: str
    context: Document | Mapping[str, Any]
    lang: str

    @classmethod
    def of(cls, key: Hashable, document: Document, lang: str) -> RenderJob:
        """The job that prints a document with its own template."""
        return cls(key, document.template, document, lang)


@dataclass
class _Slot:
    """A place for one child: empty, or with a child and the number of documents it made."""

    child: RenderProcess | None = None
    made: int = 0


class Renderer:
    """Child processes that render. Threads may share it; a forked process must not (see ``shared``).

    ``seconds`` and ``memory_mb`` bound each document (address space, where the system supports it);
    ``documents_per_child`` is after how many documents a child is replaced.
    """

    def __init__(
        self,
        processes: int | None = None,
        *,
        seconds: float = 30,
        memory_mb: int = 512,
        documents_per_child: int = DOCUMENTS_PER_CHILD,
    ) -> None:
        self.processes = processes or os.cpu_count() or 1
        self._limits = Limits(seconds=seconds, memory=memory_mb << 20)
        self._documents_per_child = documents_per_child
        self._scratch = tempfile.mkdtemp(prefix="fastoffice-pdf-")
        self._slots: queue.LifoQueue[_Slot] = queue.LifoQueue()
        self._all_slots = [_Slot() for _ in range(self.processes)]
        for slot in self._all_slots:
            self._slots.put(slot)
        self._threads = ThreadPoolExecutor(self.processes, thread_name_prefix="fastoffice-pdf")
        self._closed = False

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def render(self, template: str, context: Document | Mapping[str, Any], *, lang: str) -> bytes:
        """One PDF. Raises RenderTimeout, RenderOutOfMemory or RenderFailed."""
        return self.submit(RenderJob(None, template, context, lang)).result()

    def submit(self, job: RenderJob) -> Future[bytes]:
        """Queue one document; the future holds its PDF or raises its RenderError."""
        return self._threads.submit(self._make, job)

    def render_many(self, jobs: Iterable[RenderJob]) -> Iterator[tuple[Hashable, bytes | RenderError]]:
        """Outcomes in the order in which they get done. ``jobs`` is read a few ahead, never as a whole."""
        pending: dict[Future[bytes], Hashable] = {}
        ahead = self.processes * AHEAD_PER_CHILD
        try:
            for job in jobs:
                pending[self.submit(job)] = job.key
                if len(pending) >= ahead:
                    yield from _finished(pending)
            while pending:
                yield from _finished(pending)
        finally:
            for future in pending:
                future.cancel()

    def pids(self) -> list[int]:
        """Process numbers of the children that live now."""
        return [slot.child.pid for slot in self._all_slots if slot.child]

    def close(self) -> None:
        """End the children and forget what is queued. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in [slot.child for slot in self._all_slots]:
            if child:
                child.kill()
        self._threads.shutdown(wait=True)
        for slot in self._all_slots:
            self._discard(slot)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def abandon(self) -> None:
        """In a forked process: let go of the parent's pipes and leave its children alone."""
        self._closed = True
        for slot in self._all_slots:
            if slot.child:
                slot.child.abandon()

    def _make(self, job: RenderJob) -> bytes:
        slot = self._slots.get()
        try:
            return self._make_in(slot, job)
        finally:
            self._slots.put(slot)

    def _make_in(self, slot: _Slot, job: RenderJob) -> bytes:
        try:
            if slot.child is None or slot.made >= self._documents_per_child:
                self._discard(slot)
                slot.child = RenderProcess(self._limits, self._scratch)
            slot.made += 1
            return slot.child.render(job.template, job.context, job.lang)
        except ChildDied as death:
            self._discard(slot)
            raise death.cause from None

    @staticmethod
    def _discard(slot: _Slot) -> None:
        if slot.child:
            slot.child.close()
        slot.child, slot.made = None, 0


def _finished(pending: dict[Future[bytes], Hashable]) -> Iterator[tuple[Hashable, bytes | RenderError]]:
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        key = pending.pop(future)
        error = future.exception()
        if error is None:
            yield key, future.result()
        elif isinstance(error, RenderError):
            yield key, error
        else:
            raise error


@dataclass
class _Shared:
    renderer: Renderer | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_shared = _Shared()


def shared() -> Renderer:
    """The pool of this process: started when first asked for, one per process also after a fork."""
    with _shared.lock:
        if _shared.renderer is None:
            _shared.renderer = Renderer()
            atexit.register(_shared.renderer.close)
        return _shared.renderer


def render(document: Document, *, lang: str) -> bytes:
    """One PDF by the shared pool. Raises RenderTimeout, RenderOutOfMemory or RenderFailed."""
    return shared().render(document.template, document, lang=lang)


def _after_fork() -> None:
    """The children belong to the parent; the threads that talk to them do not exist here."""
    inherited, _shared.renderer, _shared.lock = _shared.renderer, None, threading.Lock()
    if inherited is not None:
        atexit.unregister(inherited.close)
        inherited.abandon()


os.register_at_fork(after_in_child=_after_fork)
