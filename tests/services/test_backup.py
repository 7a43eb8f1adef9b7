"""A backup holds everything, proves itself, and comes back; it never overwrites by accident."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import audit, backup, transaction
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailItem
from fastoffice.processes import pulse
from tests.factories.mail import make_item
from tests.factories.people import make_branch

PDF = b"%PDF-1.7 an invoice"


@pytest.fixture
def house(committed_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A branch and one stored file, in a storage of this test."""
    settings = replace(committed_app.config["SETTINGS"], storage_url=f"file://{tmp_path / 'files'}")
    monkeypatch.setitem(committed_app.config, "SETTINGS", settings)
    make_branch("PLC")
    files().put(PDF, "application/pdf")
    return committed_app


def codes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Branch.code).order_by(Branch.code)))


def kept(path: Path) -> Path:
    backup.create(path)
    return path


def rewritten(source: Path, target: Path, changes: dict[str, bytes]) -> Path:
    """The archive with some members' bytes changed, as a bad disk or a bad person would."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, next((data for part, data in changes.items() if part in name), old.read(name)))
    return target


def test_what_was_lost_comes_back_with_its_files(house: Flask, tmp_path: Path) -> None:
    archive = kept(tmp_path / "monday.zip")
    [sha256] = files().hashes()
    make_branch("TIJ")
    for stored in (tmp_path / "files").rglob(sha256):
        stored.unlink()
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(archive)
    assert codes() == ["PLC", "TIJ"]
    backup.restore(archive, overwrite=True)
    assert codes() == ["PLC"]
    assert files().get(sha256) == PDF
    branch = db.session.scalars(sa.select(Branch)).one()
    assert audit.verify_chain(branch.id) == []
    transaction.run(lambda: db.session.add(branch))


def test_pictures_of_the_lobby_come_back_too(house: Flask, tmp_path: Path) -> None:
    photo = files().put(b"a parcel's label", "image/jpeg").sha256
    make_item(db.session.scalars(sa.select(Branch)).one(), addressee="Alguien", photo_sha256=photo)
    archive = kept(tmp_path / "monday.zip")
    for stored in (tmp_path / "files").rglob(photo):
        stored.unlink()
    backup.restore(archive, overwrite=True)
    assert files().get(db.session.scalars(sa.select(MailItem.photo_sha256)).one()) == b"a parcel's label"


def test_the_guards_of_the_database_come_back_too(house: Flask, tmp_path: Path) -> None:
    backup.restore(kept(tmp_path / "monday.zip"), overwrite=True)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        transaction.run(lambda: db.session.execute(sa.text("UPDATE audit_entry SET actor = 'nobody'")))


def test_a_backup_is_seen_on_the_health_page(house: Flask, tmp_path: Path) -> None:
    assert pulse.last("backup") is None
    backup.create(tmp_path / "monday.zip")
    assert pulse.last("backup") is not None


def test_no_backup_is_ever_overwritten(house: Flask, tmp_path: Path) -> None:
    archive = kept(tmp_path / "monday.zip")
    with pytest.raises(backup.BackupError, match="exists already"):
        backup.create(archive)


def test_a_damaged_backup_is_refused_before_anything_is_touched(house: Flask, tmp_path: Path) -> None:
    archive = kept(tmp_path / "monday.zip")
    broken = {
        "file": rewritten(archive, tmp_path / "a.zip", {"files/": b"%PDF-1.7 another"}),
        "database": rewritten(archive, tmp_path / "b.zip", {"database": b"no database"}),
        "names": rewritten(archive, tmp_path / "c.zip", {"manifest": json.dumps(
            {"format": 1, "members": [{"name": "../etc/passwd", "size": 1, "sha256": ""}]}).encode()}),
        "half": tmp_path / "d.zip",
        "none": tmp_path / "nowhere.zip",
    }
    broken["half"].write_bytes(archive.read_bytes()[:2000])
    for what, path in broken.items():
        with pytest.raises(backup.BackupError):
            backup.restore(path, overwrite=True)
        assert codes() == ["PLC"], what
    assert backup.verify(archive).files == 1


def test_a_backup_that_fails_leaves_no_half_file(house: Flask, tmp_path: Path) -> None:
    for stored in (tmp_path / "files").rglob("*"):
        if stored.is_file():
            stored.write_bytes(b"rotten")
    with pytest.raises(backup.BackupError):
        backup.create(tmp_path / "monday.zip")
    assert not list(tmp_path.glob("monday*"))


def test_the_commands_tell_what_they_did(house: Flask, tmp_path: Path) -> None:
    runner = house.test_cli_runner()
    archive = str(tmp_path / "monday.zip")
    made = json.loads(runner.invoke(args=["backup", "create", archive, "--json"]).output)
    assert (made["files"], made["engine"]) == (1, db.engine.dialect.name)
    assert "whole" in runner.invoke(args=["backup", "verify", archive]).output
    refused = runner.invoke(args=["backup", "restore", archive])
    assert (refused.exit_code, "say --yes" in refused.output) == (1, True)
