"""What was done stays written, in order."""

import sqlalchemy as sa

from fastoffice import audit, guards, transaction
from fastoffice.audit.models import AuditEntry
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
