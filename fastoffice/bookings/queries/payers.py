"""Plans and groups that a room may have a price of its own for, as clients have them."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract, ContractLine
from fastoffice.extensions import db

MOST = 200


def names(branch_id: int) -> list[str]:
    """Services of the branch's contracts and groups of its clients, each once, by name."""
    plans = (sa.select(ContractLine.description).join(Contract, Contract.id == ContractLine.contract_id)
             .join(Client, Client.id == Contract.client_id)
             .where(Client.branch_id == branch_id, ContractLine.ends_on.is_(None)))
    groups = sa.select(Client.group).where(Client.branch_id == branch_id, Client.group != "")
    found = sa.union(plans, groups).subquery()
    return sorted(db.session.scalars(sa.select(found.c[0]).limit(MOST)))
