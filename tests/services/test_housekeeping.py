"""What a process left that was killed between storing a file and saying so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from fastoffice import clock, housekeeping, transaction
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.documents.storage import FORGOTTEN_AFTER
from fastoffice.extensions import db
from tests.factories.people import make_branch

TOMORROW = FORGOTTEN_AFTER + 60


def test_a_file_that_no_row_points_to_is_forgotten_after_a_day(app: Flask) -> None:
    logo = files().put(b"the branch's logo", "image/png")
    branch_id = make_branch().id
    transaction.run(lambda: setattr(db.session.get_one(Branch, branch_id), "logo_sha256", logo.sha256))
    orphan = files().put(b"printed by a process that was killed", "application/pdf")
    housekeeping.forget_files_without_rows(clock.machine_seconds())
    assert files().exists(orphan.sha256), "it may belong to a unit of work that goes on"
    housekeeping.forget_files_without_rows(clock.machine_seconds() + TOMORROW)
    assert not files().exists(orphan.sha256)
    assert files().get(logo.sha256) == b"the branch's logo"


def test_half_a_file_is_forgotten_too(app: Flask) -> None:
    branch_id = make_branch().id
    logo = files().put(b"another logo", "image/png")
    transaction.run(lambda: setattr(db.session.get_one(Branch, branch_id), "logo_sha256", logo.sha256))
    root = Path(app.config["SETTINGS"].storage_url.removeprefix("file://"))
    half = root / f"{logo.key}.0123456789abcdef.part"
    half.write_bytes(b"anoth")
    housekeeping.forget_files_without_rows(clock.machine_seconds() + TOMORROW)
    assert not half.exists()
    assert files().get(logo.sha256) == b"another logo"


def test_the_day_of_a_moved_clock_forgets_nothing(app: Flask) -> None:
    """Files carry the machine's own time, whatever `--at` says."""
    fresh = files().put(b"just stored", "application/pdf")
    with clock.fixed_at(datetime(2031, 1, 1, tzinfo=UTC)):
        housekeeping.daily()
    assert files().exists(fresh.sha256)
