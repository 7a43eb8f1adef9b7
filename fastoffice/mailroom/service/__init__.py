"""What is done in the mail room; each function writes inside the caller's unit of work."""

from fastoffice.mailroom.service.answering import complete, refuse
from fastoffice.mailroom.service.asking import Wish, ask, withdraw
from fastoffice.mailroom.service.batches import announce
from fastoffice.mailroom.service.calls import Call, log_call
from fastoffice.mailroom.service.entering import Entry, assign, likely_twin, log_item, unassign
from fastoffice.mailroom.service.entering import undo as undo_item
from fastoffice.mailroom.service.handing import Taking, hand_over, named, return_to_sender, undo_return
from fastoffice.mailroom.service.handing import undo as undo_handover
from fastoffice.mailroom.service.settings import PolicyData, save_policy, save_sheet
from fastoffice.mailroom.service.undoing import is_undoable, undo_completion

__all__ = [
    "Call",
    "Entry",
    "PolicyData",
    "Taking",
    "Wish",
    "announce",
    "ask",
    "assign",
    "complete",
    "hand_over",
    "is_undoable",
    "likely_twin",
    "log_call",
    "log_item",
    "named",
    "refuse",
    "return_to_sender",
    "save_policy",
    "save_sheet",
    "unassign",
    "undo_completion",
    "undo_handover",
    "undo_item",
    "undo_return",
    "withdraw",
]
