"""What was done stays written, in order."""

import threading

import sqlalchemy as sa

from fastoffice import audit, guards, transaction
from fastoffice.audit.models import AuditEntry, AuditHead
from fastoffice.extensions import db

MARIANA = audit.Actor("Mariana R.", 7)


def note(count: int, branch_id: int = 3) -> None:
    for number in range(count):
        audit.record(MARIANA, "invoice.issued", ("invoice", number), {"n": number}, branch_id=branch_id)


def test_entries_of_a_unit_are_chained_and_verify(app) -> None:
    transaction.run(note, 3)
    transaction.run(note, 2)
    assert audit.verify_chain(3) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 5


def unguard() -> None:
    """Somebody with the keys of the database takes the trigger away."""
    guards.drop(db.session.connection(), guards.of_table("audit_entry"))


def test_an_altered_entry_is_found(app) -> None:
    transaction.run(note, 3)
    unguard()
    db.session.execute(sa.update(AuditEntry).where(AuditEntry.sequence == 2).values(actor="nobody"))
    assert audit.verify_chain(3) == ["audit: branch 3 entry 2 was altered"]


def test_a_removed_last_entry_is_found(app) -> None:
    transaction.run(note, 3)
    unguard()
    db.session.execute(sa.delete(AuditEntry).where(AuditEntry.sequence == 3))
    assert audit.verify_chain(3) == ["audit: branch 3 ends at 2, its head says 3"]


def test_a_unit_that_fails_leaves_no_entry(app) -> None:
    def fails() -> None:
        note(2)
        raise KeyError("half way")

    try:
        transaction.run(fails)
    except KeyError:
        transaction.run(note, 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 1
    assert audit.verify_chain(3) == []


def test_an_entry_behind_the_end_of_the_chain_is_found(app) -> None:
    transaction.run(note, 2)
    unguard()
    head = db.session.get_one(AuditHead, 3)
    head.sequence, head.hash = 1, db.session.scalar(sa.select(AuditEntry.hash).where(AuditEntry.sequence == 1))
    db.session.flush()
    assert audit.verify_chain(3) == ["audit: branch 3 goes on after 1, where its head says it ends"]


def test_what_others_append_while_the_chain_is_read_is_no_fault(committed_app) -> None:
    transaction.run(note, 3)
    appended: list[int] = []

    def append() -> None:
        with committed_app.app_context():
            transaction.run(note, 2)

    reader = threading.get_ident()

    def meanwhile(*event: object) -> None:
        """Somebody is always faster: before each of the reader's statements the chain grows."""
        if str(event[2]).startswith("SELECT audit_") and threading.get_ident() == reader:
            appended.append(1)
            other = threading.Thread(target=append)
            other.start()
            other.join()

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        assert audit.verify_chain(3) == []
    finally:
        sa.event.remove(engine, "before_cursor_execute", meanwhile)
    assert appended
    db.session.rollback()
    assert audit.verify_chain(3) == []
