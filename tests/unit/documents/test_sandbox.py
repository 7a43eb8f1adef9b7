"""A stranger's file is parsed in a child that can hurt nobody but itself."""

from __future__ import annotations

import os
import signal
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from fastoffice.documents.sandbox import SandboxFailed, SandboxMemory, SandboxTimeout, run_limited

UNRULY = "tests.doubles.unruly"


def test_a_result_comes_back_as_it_was() -> None:
    assert run_limited(f"{UNRULY}:add", (20, 22)) == 42


def test_plain_values_of_a_spreadsheet_come_back_with_their_types() -> None:
    row = {"price": Decimal("8900.00"), "start": date(2026, 8, 24), "cells": [None, True, "ñ", b"\x00", (1, 2)]}
    assert run_limited("copy:deepcopy", (row,)) == row


def test_a_file_that_keeps_the_parser_busy_is_given_up() -> None:
    with pytest.raises(SandboxTimeout):
        run_limited(f"{UNRULY}:spin", seconds=0.5)


def test_a_parser_that_waits_for_ever_is_given_up() -> None:
    with pytest.raises(SandboxTimeout):
        run_limited(f"{UNRULY}:sleep_for_ever", seconds=0.3)


def test_a_parser_that_ignores_the_alarm_is_killed() -> None:
    with pytest.raises(SandboxTimeout):
        run_limited(f"{UNRULY}:hang_up_on", (signal.SIGALRM,), seconds=0.3)


def test_a_file_that_unpacks_to_too_much_fails_by_memory_and_fits_with_more() -> None:
    with pytest.raises(SandboxMemory):
        run_limited(f"{UNRULY}:take_memory", (300,), memory_mb=200)
    assert run_limited(f"{UNRULY}:take_memory", (300,), memory_mb=600) == 300 << 20


def test_an_error_keeps_its_name_and_message() -> None:
    with pytest.raises(SandboxFailed, match="row 7") as caught:
        run_limited(f"{UNRULY}:refuse", ("row 7: no price",))
    assert caught.value.error_type == "ValueError"


def test_a_crash_of_native_code_is_an_error_like_any_other() -> None:
    with pytest.raises(SandboxFailed) as caught:
        run_limited(f"{UNRULY}:die", (signal.SIGSEGV,))
    assert caught.value.error_type == "SIGSEGV"


def test_no_secret_and_no_open_file_of_ours_is_within_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "of the branch")
    with (tmp_path / "open").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        seen = run_limited(f"{UNRULY}:surroundings")
    assert "SECRET_KEY" not in seen["environment"]
    assert seen["descriptors"] <= 5  # its three, the answer, and the listing itself
    assert not os.path.exists(seen["folder"])


def test_a_result_that_is_no_plain_value_is_refused() -> None:
    with pytest.raises(SandboxFailed, match="not a plain value"):
        run_limited(f"{UNRULY}:half")
    assert run_limited(f"{UNRULY}:half", result_classes=[Fraction]) == Fraction(1, 2)


def test_a_result_made_to_run_code_here_runs_none() -> None:
    with pytest.raises(SandboxFailed):
        run_limited(f"{UNRULY}:trick")
    assert not os.path.exists("/tmp/never")


def test_what_the_parser_prints_does_not_spoil_its_answer() -> None:
    assert run_limited(f"{UNRULY}:chatter") == "quiet"


def test_it_cannot_fill_the_disk(tmp_path: Path) -> None:
    with pytest.raises(SandboxFailed, match="too large"):
        run_limited(f"{UNRULY}:fill", (str(tmp_path), 8), output_mb=1)
    assert (tmp_path / "big").stat().st_size <= 1 << 20
