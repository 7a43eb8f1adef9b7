"""Who may open what of online payments and the cash desk: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.factories.people import Cast

TABLE: dict[str, str] = {
    "settings.online": "settings.view",
    **dict.fromkeys(("settings.save_online", "settings.check_online"), "settings.edit"),
}
SAMPLES: dict[str, Callable[[Cast], Any]] = {}
EVERYBODYS: set[str] = set()
