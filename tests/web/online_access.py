"""Who may open what of online payments and the cash desk: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.factories.online import a_difference, an_attempt
from tests.factories.people import Cast

TABLE: dict[str, str] = {
    "settings.online": "settings.view",
    **dict.fromkeys(("settings.save_online", "settings.check_online"), "settings.edit"),
    **dict.fromkeys(("payments.online", "payments.attempt", "payments.differences"), "payments.view"),
    **dict.fromkeys(("payments.look_again", "payments.close_attempt"), "payments.record"),
    **dict.fromkeys(("payments.confirm_difference", "payments.resolve_difference"), "payments.reverse"),
    **dict.fromkeys(("payments.desk", "payments.take", "payments.desk_done"), "payments.record"),
    **dict.fromkeys(("payments.new_card_refund", "payments.card_refund"), "payments.refund"),
    **dict.fromkeys(("pay_links.new", "pay_links.send", "pay_links.confirm_end", "pay_links.end"), "outbox.send"),
}
SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "attempt_id": lambda cast: an_attempt(cast.polanco).id,
    "difference_id": lambda cast: a_difference(cast.polanco).id,
}
EVERYBODYS: set[str] = set()
