"""Importing a branch's contracts list: keep the upload, show what it would do, apply it whole or not."""

from fastoffice.contracts.service.roster.applying import RosterRefused, apply_roster
from fastoffice.contracts.service.roster.mappings import remember_mapping, remembered_mapping
from fastoffice.contracts.service.roster.preview import (
    Counts,
    RosterPreview,
    default_prices_from,
    preview_roster,
)
from fastoffice.contracts.service.roster.uploads import (
    choose_sheet,
    confirm_import,
    correct_mapping,
    keep_upload,
    parse_import,
)

__all__ = [
    "Counts",
    "RosterPreview",
    "RosterRefused",
    "apply_roster",
    "choose_sheet",
    "confirm_import",
    "correct_mapping",
    "default_prices_from",
    "keep_upload",
    "parse_import",
    "preview_roster",
    "remember_mapping",
    "remembered_mapping",
]
