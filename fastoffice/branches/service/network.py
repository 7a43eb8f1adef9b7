"""The network and whoever runs its branches: names, changed by the network's administrators."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches.models import Franchisee, Network
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db


def rename_network(actor: Actor, network_id: int, name: str) -> None:
    """Call the network `name`. Raises Refusal (field "name") when it is empty or another's."""
    network = db.session.get_one(Network, network_id)
    wanted = _wanted(name)
    taken = sa.select(Network.id).where(Network.name == wanted, Network.id != network_id)
    if db.session.scalar(taken) is not None:
        raise Refusal(_l("Another one has this name."), field="name")
    before, network.name = network.name, wanted
    audit.record(actor, "network.renamed", ("network", network.id), {"before": before, "name": wanted},
                 branch_id=audit.NETWORK_CHAIN)


def rename_franchisee(actor: Actor, network_id: int, franchisee_id: int, name: str) -> None:
    """Call a franchisee of the network `name`. Raises NotFound for another network's."""
    franchisee = db.session.get(Franchisee, franchisee_id)
    if franchisee is None or franchisee.network_id != network_id:
        raise NotFound(_l("There is no such franchisee in your network."))
    wanted = _wanted(name)
    taken = sa.select(Franchisee.id).where(
        Franchisee.network_id == network_id, Franchisee.name == wanted, Franchisee.id != franchisee_id)
    if db.session.scalar(taken) is not None:
        raise Refusal(_l("Another one has this name."), field="name")
    before, franchisee.name = franchisee.name, wanted
    audit.record(actor, "franchisee.renamed", ("franchisee", franchisee.id), {"before": before, "name": wanted},
                 branch_id=audit.NETWORK_CHAIN)


def _wanted(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > 120:
        raise Refusal(_l("Please write a name of up to 120 characters."), field="name")
    return text
