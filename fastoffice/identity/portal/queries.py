"""Reading who may see which client's file."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.identity.models import PortalAccess, User

# The contact by the names of its table: identity stands below clients. Whatever takes a contact out of a file, or
# gives it another address, ends the access of the person who read the mail there.
CONTACT = sa.table("client_contact", sa.column("id"), sa.column("email"))
COLUMNS = (PortalAccess.id, PortalAccess.client_id, PortalAccess.branch_id, PortalAccess.may)


def still_stands() -> Any:
    """The access was not revoked and its contact is in the file with the person's address; User is joined."""
    same = sa.exists().where(CONTACT.c.id == PortalAccess.contact_id, sa.func.lower(CONTACT.c.email) == User.email)
    return sa.and_(PortalAccess.revoked_at.is_(None), same)


def accesses_of(user: User) -> list[Any]:
    """(id, client_id, branch_id, may) of each file that `user` may see, oldest client first."""
    query = sa.select(*COLUMNS).join(User).where(PortalAccess.user_id == user.id, still_stands())
    return list(db.session.execute(query.order_by(PortalAccess.client_id)))


def of_client(client_id: int) -> dict[int, Any]:
    """Contact id -> (PortalAccess, e-mail, last sign-in) of everybody who was ever let in, for the staff's page."""
    query = sa.select(PortalAccess, User.email, User.current_login_at).join(User).where(
        PortalAccess.client_id == client_id)
    return {row.PortalAccess.contact_id: row for row in db.session.execute(query.order_by(PortalAccess.id))}
