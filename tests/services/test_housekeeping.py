"""What a process left that was killed between storing a file and saying so."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, housekeeping, transaction
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.documents.service import DocumentSpec, keep_ready
from fastoffice.documents.storage import FORGOTTEN_AFTER
from fastoffice.extensions import db
from fastoffice.visitors import jobs, service
from fastoffice.visitors.service import legal
from tests.factories.lobby import MARIANA, TEN, Lobby
from tests.factories.mail import make_item
from tests.factories.people import make_branch
from tests.factories.rooms import make_room

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


def test_pictures_of_the_lobby_stay_as_long_as_their_rows_do(app: Flask) -> None:
    kept = {name: files().put(f"a picture of {name}".encode(), "image/jpeg").sha256
            for name in ("visitor", "signature", "parcel", "room", "letter")}
    lobby = Lobby()
    lobby.do(lambda row: service.write_rules(row, "nda", {"es": "Callaré."}, ("visit",), MARIANA, TEN))
    rules = lobby.do(lambda row: service.rules_to_sign(row, "visit", "es"))
    lobby.arrive(photo_sha256=kept["visitor"], signed=[service.Signed(rules[0].id, kept["signature"])])
    lobby.do(lambda row: legal.receive_notice(row, legal.Delivered(
        request_key="sat", client_id=lobby.guemes_id, authority="SAT", official_name="Lic. Ibarra", official_id="448",
        document_number="500-36", subject="Requerimiento",
        document=legal.KeptDocument(kept["letter"], "image/jpeg")), MARIANA, TEN))
    make_item(lobby.branch, addressee="Güemes", photo_sha256=kept["parcel"])
    make_room(lobby.branch, photo_sha256=kept["room"])
    housekeeping.forget_files_without_rows(clock.machine_seconds() + TOMORROW)
    assert [name for name, sha256 in kept.items() if not files().exists(sha256)] == []
    with clock.fixed_at(TEN + timedelta(days=31)):
        jobs.forget(lobby.branch_id)
    housekeeping.forget_files_without_rows(clock.machine_seconds() + TOMORROW)
    assert [name for name, sha256 in kept.items() if not files().exists(sha256)] == ["visitor"]


def test_a_unit_that_is_undone_leaves_a_file_and_no_row_and_the_file_is_forgotten(app: Flask) -> None:
    branch_id, data = make_branch().id, b"BEGIN:VCALENDAR"
    spec = DocumentSpec(branch_id, "booking", 1, "ics.1", "reunion.ics")

    def undone() -> None:
        keep_ready(spec, data, "text/calendar")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transaction.run(undone)
    kept = hashlib.sha256(data).hexdigest()
    assert (files().exists(kept), db.session.scalar(sa.select(Document.id))) == (True, None)
    housekeeping.forget_files_without_rows(clock.machine_seconds() + TOMORROW)
    assert not files().exists(kept)
    transaction.run(lambda: keep_ready(spec, data, "text/calendar"))
    housekeeping.forget_files_without_rows(clock.machine_seconds() + TOMORROW)
    assert files().exists(kept), "what has a row stays"


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
