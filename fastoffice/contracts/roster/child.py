"""Parsing in a limited child: a crafted file costs one process, and the person gets a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from fastoffice.contracts.roster import guards
from fastoffice.contracts.roster.messages import N_, FileRefused
from fastoffice.contracts.roster.records import Ignored, ParsedRoster, Problem, Refused, RosterRow
from fastoffice.documents.sandbox import SandboxFailed, SandboxMemory, SandboxTimeout, run_limited

MEMORY_MB = 512
SECONDS = 30
TARGET = "fastoffice.contracts.roster.parsing:parse_or_refuse"

TOO_SLOW = N_("Reading the file took longer than %(limit)s seconds; it was stopped.")
TOO_MUCH = N_("Reading the file needed more memory than a contracts list can; it was stopped.")


def parse_in_child(
    data: bytes,
    filename: str,
    mapping: Mapping[str, str] | None = None,
    currency: str = "MXN",
    sheet: str | None = None,
) -> ParsedRoster:
    """`parse_roster` in a child with 512 MB and 30 seconds. Raises FileRefused."""
    guards.check_size(data)
    try:
        result = run_limited(
            TARGET,
            (data, filename, dict(mapping or {}), currency, sheet),
            memory_mb=MEMORY_MB,
            seconds=SECONDS,
            result_classes=(ParsedRoster, RosterRow, Problem, Ignored, Refused),
        )
    except SandboxTimeout as error:
        raise FileRefused(TOO_SLOW, limit=SECONDS) from error
    except SandboxMemory as error:
        raise FileRefused(TOO_MUCH) from error
    except SandboxFailed as error:
        raise FileRefused(guards.DAMAGED) from error
    if isinstance(result, Refused):
        raise FileRefused(result.message_id, **result.params)
    if not isinstance(result, ParsedRoster):
        raise FileRefused(guards.DAMAGED)
    return result
