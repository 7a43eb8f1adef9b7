"""Two rows of one file that speak of the same contract, or of one client in two ways."""

from __future__ import annotations

from fastoffice.clients.rules import name_key, own_tax_id
from fastoffice.contracts.roster.messages import N_
from fastoffice.contracts.roster.records import RosterRow
from fastoffice.contracts.roster.rows import RowReader
from fastoffice.folding import fold

SAME_CONTRACT = N_("This contract is also in row %(other)s: same client, service and office.")
SAME_TAX_ID = N_("This RFC is also in row %(other)s with another name: “%(known)s”.")

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
    return list(kept.values())
