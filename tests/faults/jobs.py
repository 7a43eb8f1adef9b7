"""Jobs that tests give to real workers; files tell how far they came."""

from __future__ import annotations

import os
import time
from pathlib import Path


def wait_for_permission(folder: str) -> None:
    """Say that it started (its process id), wait until "go" appears, say that it is done."""
    place = Path(folder)
    (place / "started").write_text(str(os.getpid()))
    while not (place / "go").exists():
        time.sleep(0.02)
    (place / "done").write_text("")


def say_done(folder: str) -> None:
    """Done at once."""
    (Path(folder) / "done").write_text("")
