"""Files kept by content: what was stored is what comes back, or an error by name."""

from __future__ import annotations

import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fastoffice import clock
from fastoffice.documents import storage as storage_module
from fastoffice.documents.sandbox import SandboxFailed, run_limited
from fastoffice.documents.storage import FileDamaged, FileMissing, Storage, StorageError, StorageFull, key_of

INVOICE = b"%PDF-1.7 the invoice of December"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def files(folder: Path) -> Storage:
    return Storage(folder.as_uri())


def test_what_was_stored_comes_back(files: Storage) -> None:
    stored = files.put(INVOICE, "application/pdf")
    assert stored.sha256 == hashlib.sha256(INVOICE).hexdigest()
    assert (stored.size, stored.media_type) == (len(INVOICE), "application/pdf")
    assert files.get(stored.sha256) == INVOICE
    assert files.open(stored.sha256).read() == INVOICE


def test_the_same_bytes_are_stored_once(files: Storage, folder: Path) -> None:
    first, second = files.put(INVOICE, "application/pdf"), files.put(INVOICE, "application/pdf")
    assert first == second
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [first.sha256]


def test_different_bytes_never_share_a_place(files: Storage) -> None:
    one, other = files.put(INVOICE, "application/pdf"), files.put(INVOICE + b"!", "application/pdf")
    assert one.key != other.key
    assert files.get(one.sha256) == INVOICE


def test_a_changed_file_is_noticed_when_it_is_read(files: Storage, folder: Path) -> None:
    stored = files.put(INVOICE, "application/pdf")
    (folder / stored.key).write_bytes(INVOICE.replace(b"December", b"Novembre"))
    with pytest.raises(FileDamaged):
        files.get(stored.sha256)


def test_a_file_cut_short_is_healed_by_storing_it_again(files: Storage, folder: Path) -> None:
    stored = files.put(INVOICE, "application/pdf")
    (folder / stored.key).write_bytes(INVOICE[:5])
    files.put(INVOICE, "application/pdf")
    assert files.get(stored.sha256) == INVOICE


def test_a_missing_file_is_missing_by_name(files: Storage) -> None:
    with pytest.raises(FileMissing):
        files.get("0" * 64)
    assert not files.exists("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_is_a_name(files: Storage, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.get(name)
    with pytest.raises(ValueError, match="not a SHA-256"):
        key_of(name)


def test_a_full_disk_has_a_name_and_leaves_nothing(
    files: Storage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage_module.os, "fsync", full)
        with pytest.raises(StorageFull):
            files.put(INVOICE, "application/pdf")
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert files.get(files.put(INVOICE, "application/pdf").sha256) == INVOICE


def test_a_real_limit_of_the_system_is_a_full_disk_too(folder: Path) -> None:
    with pytest.raises(SandboxFailed) as caught:
        run_limited("tests.doubles.unruly:store", (folder.as_uri(), bytes(2 << 20)), output_mb=1)
    assert caught.value.error_type == "StorageFull"
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_place_that_refuses_is_not_called_full(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(StorageError) as caught:
        Storage((tmp_path / "files").as_uri()).put(INVOICE, "application/pdf")
    assert not isinstance(caught.value, StorageFull)


def test_a_writer_killed_half_way_leaves_no_file(
    files: Storage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(storage_module.os, "replace", killed)
        with pytest.raises(Killed):
            files.put(INVOICE, "application/pdf")
    assert list(files.hashes()) == []


def test_eight_writers_of_the_same_document_agree(files: Storage, folder: Path) -> None:
    data = os.urandom(200_000)
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda _: files.put(data, "application/pdf"), range(32)))
    assert len(stored) == 1
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [stored.pop().sha256]


def test_the_hashes_list_what_is_there(files: Storage) -> None:
    stored = {files.put(bytes([n]), "application/pdf").sha256 for n in range(5)}
    assert set(files.hashes()) == stored


def test_another_kind_of_place_keeps_the_same_promises() -> None:
    files = Storage("memory://branch")
    stored = files.put(INVOICE, "application/pdf")
    assert files.get(stored.sha256) == INVOICE
    assert list(files.hashes()) == [stored.sha256]
    with pytest.raises(FileMissing):
        files.get("0" * 64)


def test_bytes_stored_again_after_a_while_are_written_anew(files: Storage, folder: Path) -> None:
    """A file that nobody pointed to may be about to be forgotten: whoever points to it now gets a fresh one."""
    stored = files.put(INVOICE, "application/pdf")
    os.utime(folder / stored.key, (0, 0))
    files.put(INVOICE, "application/pdf")
    assert files.written_before(stored.sha256[:2], clock.machine_seconds() - 60) == {}
