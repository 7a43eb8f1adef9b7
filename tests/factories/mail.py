"""Mail of a branch, logged and named as the product does it."""

from __future__ import annotations

from itertools import count
from typing import Any

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.mailroom import service
from fastoffice.mailroom.models import MailItem, MailPolicy, MailRequest, Nominee, default_policy
from fastoffice.mailroom.service import nominees

MARIANA = Actor("Mariana Ruiz")
LAURA = Actor("Laura Güemes")
_keys = count(1)


def key() -> str:
    """The key of a form that was not sent before."""
    return f"mail-{next(_keys)}"


def make_item(branch: Branch, addressee: str = "", client: Client | None = None, *, by: Actor = MARIANA,
              **values: Any) -> MailItem:
    """A parcel at the counter; `values` as in service.Entry."""
    entry = service.Entry(**{"request_key": key(), "kind": "parcel", "addressee": addressee,
                             "client_id": client.id if client else None, **values})
    branch_id = branch.id
    return transaction.run(
        lambda: service.log_item(db.session.get_one(Branch, branch_id), entry, by, clock.now()))


def make_policy(branch: Branch, **values: Any) -> MailPolicy:
    """The branch's days and prices."""
    branch_id = branch.id

    def unit() -> MailPolicy:
        policy = db.session.get(MailPolicy, branch_id) or default_policy(branch_id)
        db.session.add(policy)
        for name, value in values.items():
            setattr(policy, name, value)
        return policy

    return transaction.run(unit)


def make_nominee(client: Client, name: str = "Juan Pérez Ortiz", pin: str = "") -> Nominee:
    """Somebody whom the client lets collect."""
    client_id = client.id
    return transaction.run(
        lambda: nominees.name_one(db.session.get_one(Client, client_id), name, pin, LAURA, clock.now()))


def announce(branch: Branch) -> int:
    """Tell the clients of what was logged."""
    branch_id = branch.id
    return transaction.run(
        lambda: service.announce(db.session.get_one(Branch, branch_id), MARIANA, clock.now()))


def make_request(item: MailItem, kind: str = "scan", price: int = 0, **values: Any) -> MailRequest:
    """What the client asks to be done with a piece."""
    branch_id, client_id, item_id = item.branch_id, item.client_id or 0, item.id
    wish = service.Wish(**{"request_key": key(), "kind": kind, "price": price, "confirmed": True,
                           "address": "Av. Insurgentes Sur 1602, Ciudad de México", **values})
    return transaction.run(lambda: service.ask(
        db.session.get_one(Branch, branch_id), client_id, item_id, wish, LAURA, clock.now()))
