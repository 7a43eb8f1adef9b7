"""A document is owed with its cause and rendered once, whoever dies meanwhile; one that fails says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, leases, transaction
from fastoffice.audit import Actor
from fastoffice.documents import queries, registry, rendering, service
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.documents.registry import RenderJob
from fastoffice.errors import NotFound
from fastoffice.extensions import db
from tests.doubles.outbox import NOW, later

KIND = "paper"


class Death(BaseException):
    """What kill -9 looks like from inside a test."""


class Printer:
    """Stands for the pool of renderers: the same job gives the same bytes; numbers in `broken` fail."""

    def __init__(self) -> None:
        self.printed: list[int] = []
        self.broken: set[int] = set()

    def __call__(self, jobs: Sequence[RenderJob]) -> list[bytes | Exception]:
        numbers = [int(job.context["number"]) for job in jobs]  # type: ignore[index]
        self.printed += numbers
        return [TimeoutError("30 s") if n in self.broken else b"%PDF " + str(n).encode() for n in numbers]


@pytest.fixture
def printer(app: Flask) -> Iterator[Printer]:
    before = dict(registry._builders)
    registry.register(KIND, lambda ids: {n: RenderJob("x.html", {"number": n}, "es") for n in ids if n < 1_000})
    yield Printer()
    registry._builders.clear()
    registry._builders.update(before)


def owe(count: int = 1, first: int = 1, kind: str = KIND) -> None:
    specs = [service.DocumentSpec(1, "thing", n, kind, f"{n}.pdf") for n in range(first, first + count)]
    with clock.fixed_at(NOW):
        transaction.run(service.owe_documents, specs)


def rows() -> list[Document]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Document).order_by(Document.id)))


def test_what_is_owed_twice_is_there_once(printer: Printer) -> None:
    owe(3)
    owe(5)
    assert len(rows()) == 5


def test_each_document_is_rendered_once_and_kept_by_its_content(printer: Printer) -> None:
    owe(40)
    assert rendering.render_due(NOW, render_many=printer) == 40
    assert rendering.render_due(NOW, render_many=printer) == 0
    assert sorted(printer.printed) == list(range(1, 41))
    for row in rows():
        assert queries.document_bytes(row) == b"%PDF " + str(row.subject_id).encode()
        assert (row.state, row.size, row.attempts) == ("ready", len(queries.document_bytes(row)), 1)


def test_two_documents_of_one_name_do_not_overwrite_each_other(printer: Printer) -> None:
    owe(2)
    transaction.run(lambda: db.session.execute(sa.update(Document).values(filename="same.pdf")))
    rendering.render_due(NOW, render_many=printer)
    assert {queries.document_bytes(row) for row in rows()} == {b"%PDF 1", b"%PDF 2"}


def test_a_failing_document_waits_longer_each_time_and_then_stays_failed(
    printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    owe(2)
    printer.broken = {2}
    moment = NOW
    for minutes in (1, 2, 4, 8):
        rendering.render_due(moment, render_many=printer)
        broken = rows()[1]
        assert broken.next_attempt_at == moment + timedelta(minutes=minutes)
        moment = broken.next_attempt_at
    rendering.render_due(moment, render_many=printer)
    assert [row.state for row in rows()] == ["ready", "failed"]
    assert rows()[1].error == "TimeoutError: 30 s"
    assert "ALARM" in caplog.text
    assert rendering.render_due(later(days=9), render_many=printer) == 0


def test_a_failed_document_is_made_again_when_somebody_asks(printer: Printer) -> None:
    owe()
    transaction.run(lambda: db.session.execute(sa.update(Document).values(state="failed", error="x", attempts=5)))
    with clock.fixed_at(NOW):
        transaction.run(lambda: service.try_again(rows()[0], Actor("Mariana Ruiz")))
    assert rendering.render_due(NOW, render_many=printer) == 1


def test_one_bad_subject_fails_alone(printer: Printer) -> None:
    def builder(ids: list[int]) -> dict[int, RenderJob]:
        if 2 in ids:
            raise ZeroDivisionError("a fault in a builder")
        return {n: RenderJob("x.html", {"number": n}, "es") for n in ids}

    registry.register(KIND, builder)
    owe(3)
    assert rendering.render_due(NOW, render_many=printer) == 2
    assert [row.error for row in rows()] == ["", "ZeroDivisionError: a fault in a builder", ""]


def test_a_subject_that_is_gone_and_a_kind_nobody_knows_are_visible(printer: Printer) -> None:
    owe(first=5_000)
    owe(kind="unheard-of")
    rendering.render_due(NOW, render_many=printer)
    assert [row.error.partition(":")[0] for row in rows()] == ["LookupError", "UnknownKind"]


@pytest.mark.parametrize("line", ["_jobs", "_render", "_stored", "_mark"])
def test_a_worker_killed_anywhere_is_relieved_and_leaves_no_file_without_a_row(
    printer: Printer, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    owe(5)
    known = set(files().hashes())

    def dies(*_args: object) -> None:
        raise Death

    with monkeypatch.context() as patch:
        patch.setattr(rendering, line, dies)
        with pytest.raises(Death):
            rendering.render_due(NOW, render_many=printer)
    assert rendering.render_due(later(minutes=5), render_many=printer) == 0  # the dead worker's lease still runs
    assert rendering.render_due(later(minutes=11), render_many=printer) == 5
    assert set(files().hashes()) - known == {row.sha256 for row in rows()} - known


def test_a_worker_that_overslept_its_lease_marks_nothing(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    owe()
    original = rendering._mark

    def overslept(ready: list[dict[str, object]], failed: list[dict[str, object]]) -> int:
        db.session.execute(sa.update(Document).values(fence=Document.fence + 1))
        return original(ready, failed)

    monkeypatch.setattr(rendering, "_mark", overslept)
    assert rendering.render_due(NOW, limit=1, render_many=printer) == 0
    assert rows()[0].state == "rendering"


def test_without_leases_a_second_worker_would_render_it_again(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: with leasing taken away the same document is printed twice."""
    owe()
    monkeypatch.setattr(leases, "take", lambda model, rows, **_: [leases.Lease(r.id, r.fence + 1) for r in rows])
    rendering.render_due(NOW, limit=1, render_many=printer)
    rendering.render_due(NOW, limit=1, render_many=printer)
    assert printer.printed == [1, 1]


def test_no_transaction_is_open_while_the_children_work(printer: Printer) -> None:
    owe()
    seen: list[bool] = []

    def watching(jobs: Sequence[RenderJob]) -> list[bytes | Exception]:
        seen.append(db.session().in_transaction())
        return printer(jobs)

    rendering.render_due(NOW, render_many=watching)
    assert seen == [False]


def test_a_full_disk_is_a_reason_and_not_a_crash(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    owe(first=777)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fastoffice.documents.storage.Storage._write", full)
    assert rendering.render_due(NOW, render_many=printer) == 0
    assert "No space left" in rows()[0].error


def test_bytes_of_a_document_that_is_not_ready_are_refused_kindly(printer: Printer) -> None:
    owe()
    with pytest.raises(NotFound):
        queries.document_bytes(rows()[0])


def test_reading_a_thousand_states_takes_two_statements(printer: Printer) -> None:
    owe(999)
    statements: list[str] = []

    def note(*event: object) -> None:
        statements.append(str(event[2]))

    engine = db.session.connection().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        found = queries.by_keys([("thing", n, KIND) for n in range(1, 1_000)])
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len(found) == 999
    assert len([text for text in statements if text.startswith("SELECT")]) == 2
