"""Reads the contracts list that a branch keeps in a spreadsheet. Pure: no database, no clock, no language.

`parse_roster` does it here and now; `parse_in_child` does it in a limited process, for files of strangers.
"""

from fastoffice.contracts.roster.child import parse_in_child
from fastoffice.contracts.roster.messages import FileRefused, Message
from fastoffice.contracts.roster.parsing import parse_roster
from fastoffice.contracts.roster.records import Ignored, ParsedRoster, Problem, RosterRow

__all__ = [
    "FileRefused",
    "Ignored",
    "Message",
    "ParsedRoster",
    "Problem",
    "RosterRow",
    "parse_in_child",
    "parse_roster",
]
