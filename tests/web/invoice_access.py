"""Who may open what of the documents' pages: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.factories.documents_of_polanco import a_draft, a_hold, an_issued, make_file_ready
from tests.factories.people import Cast

_ADJUST = ("new_line", "add_line", "edit_line", "adjust_line", "remove_line", "preview_line", "confirm_exclusion",
           "exclude", "include", "refresh")

TABLE: dict[str, str] = {
    **dict.fromkeys(("invoices.show", "invoices.file"), "invoices.view"),
    **dict.fromkeys((f"invoices.{name}" for name in _ADJUST), "invoices.adjust"),
    **dict.fromkeys(("invoices.new", "invoices.find_client", "invoices.create"), "invoices.draft"),
    **dict.fromkeys(("invoices.issue", "invoices.make_file_again"), "invoices.issue"),
    **dict.fromkeys(("invoices.new_hold", "invoices.hold", "invoices.release_hold"), "invoices.hold"),
    **dict.fromkeys(("invoices.confirm_cancellation", "invoices.cancel"), "invoices.cancel"),
    **dict.fromkeys(("invoices.confirm_write_off", "invoices.write_off"), "invoices.write_off"),
    **dict.fromkeys(("ledger.index", "ledger.check"), "ledger.view"),
    "exports.download": "export",
}
_OF_ISSUED = ("file", "make_file_again", "new_hold", "hold", "release_hold", "confirm_cancellation", "cancel",
              "confirm_write_off", "write_off")


def _issued(cast: Cast) -> int:
    return an_issued(cast.polanco).id


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "invoice_id": lambda cast: a_draft(cast.polanco).id,
    **{f"invoices.{name}:invoice_id": _issued for name in _OF_ISSUED},
    **{f"invoices.{name}:line_id": lambda cast: a_draft(cast.polanco).lines[0].id
       for name in ("edit_line", "adjust_line", "remove_line", "preview_line")},
    "invoices.release_hold:hold_id": lambda cast: a_hold(an_issued(cast.polanco)),
    **{f"invoices.{name}:kind": lambda _cast: "invoice" for name in ("file", "make_file_again")},
    "exports.download:kind": lambda _cast: "ledger",
    "exports.download:form": lambda _cast: "csv",
}
EVERYBODYS: set[str] = {"exports.download"}
PREPARE: dict[str, Callable[[Cast], object]] = {
    "invoices.file": lambda cast: make_file_ready(an_issued(cast.polanco)),
}
