"""PDFs are made in children that can fail without taking anybody with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fastoffice import clock
from fastoffice.documents import renderer as renderer_module
from fastoffice.documents.renderer import (
    Renderer,
    RenderError,
    RenderFailed,
    RenderJob,
    RenderOutOfMemory,
    RenderTimeout,
)
from tests.doubles.unruly_values import Busy, Deadly, Endless, EndlessLines, Faulty, Greedy
from tests.factories import documents as papers

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer(2, seconds=4) as pool:
        yield pool


def job(key: object, **changes: object) -> RenderJob:
    return RenderJob.of(key, replace(papers.receipt(), **changes), "es")


def is_pdf(outcome: object) -> bool:
    return isinstance(outcome, bytes) and outcome.startswith(b"%PDF-1.7")


def ends(condition: object, seconds: float = 10) -> bool:
    """Wait until a condition holds, without a fixed pause."""
    deadline = clock.monotonic() + seconds
    waiting = threading.Event()
    while clock.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        waiting.wait(0.02)
    return False


def test_many_documents_come_back_under_their_own_keys(renderer: Renderer) -> None:
    outcomes = dict(renderer.render_many(job(("receipt", n), number=f"R-{n}") for n in range(12)))
    assert set(outcomes) == {("receipt", n) for n in range(12)}
    assert all(is_pdf(outcome) for outcome in outcomes.values())
    assert len(set(outcomes.values())) == 12


def test_the_child_makes_the_same_bytes_as_this_process(renderer: Renderer) -> None:
    from fastoffice.documents.pdf import render_pdf

    receipt = papers.receipt()
    made = renderer.render(receipt.template, receipt, lang="es")
    assert made == render_pdf(receipt.template, receipt, lang="es")


@pytest.mark.parametrize(
    ("value", "error"),
    [(Endless(), RenderTimeout), (Busy(), RenderTimeout), (Greedy(), RenderOutOfMemory), (Deadly(), RenderFailed),
     (Faulty(), RenderFailed)],
)
def test_a_bad_document_fails_alone_and_by_name(renderer: Renderer, value: object, error: type) -> None:
    jobs = [job("good"), job("bad", method=value), job("better")]
    outcomes = dict(renderer.render_many(jobs))
    assert type(outcomes["bad"]) is error
    assert is_pdf(outcomes["good"])
    assert is_pdf(outcomes["better"])


def test_a_template_that_loops_for_ever_is_stopped(renderer: Renderer) -> None:
    invoice = papers.invoice(lines=1)
    context = {**invoice.as_context(), "lines": EndlessLines()}
    with pytest.raises((RenderTimeout, RenderOutOfMemory)):
        renderer.render(invoice.template, context, lang="es")
    assert is_pdf(renderer.render(invoice.template, invoice, lang="es"))


def test_a_template_that_does_not_exist_is_said_by_name(renderer: Renderer) -> None:
    with pytest.raises(RenderFailed, match="TemplateNotFound"):
        renderer.render("documents/none.html", {}, lang="es")


def test_a_value_that_is_missing_is_said_by_name(renderer: Renderer) -> None:
    context = papers.receipt().as_context()
    del context["number"]
    with pytest.raises(RenderFailed, match=r"UndefinedError.*number"):
        renderer.render("documents/receipt.html", context, lang="es")


def test_a_value_that_cannot_travel_is_a_failure_of_its_document(renderer: Renderer) -> None:
    with pytest.raises(RenderFailed, match="cannot be sent"):
        renderer.render("documents/receipt.html", {"number": lambda: 1}, lang="es")


def test_a_child_killed_in_the_middle_of_a_document_is_replaced() -> None:
    with Renderer(1, seconds=30) as pool:
        assert is_pdf(pool.submit(job(1)).result())
        (victim,) = pool.pids()
        stuck = pool.submit(job("stuck", method=Endless()))
        assert ends(lambda: stuck.running())
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(RenderFailed, match="SIGKILL"):
            stuck.result()
        assert is_pdf(pool.submit(job(2)).result())
        assert pool.pids() != [victim]


def test_a_child_that_is_frozen_is_noticed_and_replaced() -> None:
    with Renderer(1, seconds=2) as pool:
        assert is_pdf(pool.submit(job(1)).result())
        os.kill(pool.pids()[0], signal.SIGSTOP)
        with pytest.raises(RenderTimeout):
            pool.submit(job("frozen")).result()
        assert is_pdf(pool.submit(job(2)).result())


def test_children_are_replaced_after_their_share_of_documents() -> None:
    with Renderer(1, documents_per_child=2) as pool:
        seen = []
        for n in range(5):
            assert is_pdf(pool.submit(job(n)).result())
            seen += pool.pids()
    assert seen[0] == seen[1] != seen[2] == seen[3] != seen[4]


def test_closing_ends_the_children_and_clears_their_folder() -> None:
    pool = Renderer(2)
    assert is_pdf(pool.submit(job(1)).result())
    children, folder = pool.pids(), Path(pool._scratch)
    assert folder.exists()
    pool.close()
    pool.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    assert not folder.exists()


def test_closing_does_not_wait_for_a_document_that_hangs() -> None:
    pool = Renderer(1, seconds=60)
    assert is_pdf(pool.submit(job(1)).result())
    hanging = pool.submit(job("hanging", method=Endless()))
    assert ends(lambda: hanging.running())
    started = clock.monotonic()
    pool.close()
    assert clock.monotonic() - started < 10
    assert isinstance(hanging.exception(), RenderError)


def test_a_reader_that_stops_early_leaves_the_pool_usable(renderer: Renderer) -> None:
    for _key, outcome in renderer.render_many(job(n) for n in range(50)):
        assert is_pdf(outcome)
        break
    assert is_pdf(renderer.submit(job("after")).result())


def test_jobs_are_read_a_few_ahead_and_never_as_a_whole(renderer: Renderer) -> None:
    taken: list[int] = []

    def jobs() -> Iterator[RenderJob]:
        for n in range(10_000):
            taken.append(n)
            yield job(n)

    outcomes = renderer.render_many(jobs())
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert len(taken) < 20


def test_children_hold_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "of the branch")
    with Renderer(1) as pool:
        assert is_pdf(pool.submit(job(1)).result())
        environment = Path(f"/proc/{pool.pids()[0]}/environ").read_bytes()
    assert b"SECRET_KEY" not in environment


PARENT = """
import os, sys
from fastoffice.documents.renderer import shared
from tests.unit.documents.test_renderer import job
pool = shared()
pool.submit(job(1)).result()
print(*pool.pids(), pool._scratch, flush=True)
sys.stdin.read()
"""


def test_children_leave_when_their_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        *children, folder = parent.stdout.readline().split()
        assert children
        assert all(Path(f"/proc/{pid}").exists() for pid in children)
        parent.kill()
    assert ends(lambda: not any(alive(pid) for pid in children))
    assert ends(lambda: not any(path.is_file() for path in Path(folder).rglob("*")))


def alive(pid: str) -> bool:
    """Running; a process that ended and whose new parent has not asked yet does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_forked_process_gets_its_own_pool_and_leaves_ours_alone() -> None:
    before = renderer_module.shared()
    assert is_pdf(before.submit(job(1)).result())
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            own = renderer_module.shared()
            made = is_pdf(own.submit(job(2)).result()) and own is not before
            own.close()
            os.write(writer, b"own" if made else b"not")
            code = 0
        finally:
            os._exit(code)
    os.waitpid(child, 0)
    os.close(writer)
    assert os.read(reader, 3) == b"own"
    os.close(reader)
    children = before.pids()
    assert is_pdf(before.submit(job(3)).result())
    assert before.pids() == children
    before.close()
    renderer_module._shared.renderer = None
