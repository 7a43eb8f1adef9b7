"""The network as its administrators see it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice.branches.models import Branch, Franchisee, Network
from fastoffice.extensions import db


def network_of(network_id: int) -> Network:
    """The network itself."""
    return db.session.get_one(Network, network_id)


def franchisees_of(network_id: int) -> list[Franchisee]:
    """Who runs branches of the network, by name."""
    query = sa.select(Franchisee).where(Franchisee.network_id == network_id)
    return list(db.session.scalars(query.order_by(Franchisee.name)))


def branches_of_network(network_id: int) -> list[Branch]:
    """Its branches with franchisee and issuer, by code."""
    query = sa.select(Branch).join(Franchisee).where(Franchisee.network_id == network_id)
    query = query.options(joinedload(Branch.franchisee), joinedload(Branch.issuer))
    return list(db.session.scalars(query.order_by(Branch.code)))
