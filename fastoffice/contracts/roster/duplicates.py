"""Two rows of one file that speak of the same contract, of one client in two ways, or of one office twice."""

from __future__ import annotations

from fastoffice.clients.rules import name_key, own_tax_id
from fastoffice.contracts.roster.messages import N_
from fastoffice.contracts.roster.records import RosterRow
from fastoffice.contracts.roster.rows import RowReader
from fastoffice.folding import fold

SAME_CONTRACT = N_("This contract is also in row %(other)s: same client, service and office.")
SAME_TAX_ID = N_("This RFC is also in row %(other)s with another name: “%(known)s”.")

SHARED_OFFICE = N_("Office %(office)s is also given to “%(other)s” (row %(row)s) in the same days.")

Identity = tuple[str, str, str]


def client_key(tax_id: str, legal_name: str) -> str:
    """What makes two rows the same client: the RFC, else (none, or a generic one) the folded name."""
    return own_tax_id(tax_id) or f"name:{name_key(legal_name)}"


def contract_key(row: RosterRow) -> Identity:
    """What makes two rows the same contract: client, service and office, whatever their accents and case."""
    return client_key(row.tax_id, row.legal_name), fold(row.service), fold(row.office)


def check_duplicates(rows: list[RosterRow], reader: RowReader) -> list[RosterRow]:
    """The rows without those that repeat an earlier one, which are reported as errors."""
    kept: dict[Identity, RosterRow] = {}
    clients: dict[str, RosterRow] = {}
    for row in rows:
        first = kept.setdefault(contract_key(row), row)
        if first is not row:
            reader.add(row.number, "legal_name", "error", SAME_CONTRACT, other=first.number)
            continue
        known = clients.setdefault(client_key(row.tax_id, row.legal_name), row)
        if fold(known.legal_name) != fold(row.legal_name):
            reader.add(
                row.number, "tax_id", "warning", SAME_TAX_ID, other=known.number, known=known.legal_name
            )
    _note_shared_offices(list(kept.values()), reader)
    return list(kept.values())


def _note_shared_offices(rows: list[RosterRow], reader: RowReader) -> None:
    """One note for each office that two clients have at once: right for a shared one, else a slip."""
    first: dict[str, RosterRow] = {}
    noted: set[str] = set()
    for row in rows:
        office = fold(row.office)
        other = first.setdefault(office, row)
        if not office or office in noted or _same_client(row, other) or not _meet(row, other):
            continue
        noted.add(office)
        said: dict[str, str | int] = {"office": row.office, "other": other.legal_name, "row": other.number}
        reader.add(row.number, "office", "warning", SHARED_OFFICE, **said)


def _same_client(row: RosterRow, other: RosterRow) -> bool:
    return client_key(row.tax_id, row.legal_name) == client_key(other.tax_id, other.legal_name)


def _meet(row: RosterRow, other: RosterRow) -> bool:
    """Whether some day is within both."""
    in_time = other.ends_on is None or row.starts_on <= other.ends_on
    return in_time and (row.ends_on is None or other.starts_on <= row.ends_on)
