"""Reading who works where, as far as whoever asks may know."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from fastoffice.errors import NotFound
from fastoffice.extensions import db
from fastoffice.identity.models import Role, User, user_branch
from fastoffice.identity.permissions import CLIENT, NETWORK


def people(viewer: User) -> list[User]:
    """The staff of the viewer's branches, or of the whole network for its administrators; by name."""
    query = _visible(viewer).options(selectinload(User.branches))
    return list(db.session.scalars(query.order_by(User.active.desc(), User.full_name, User.email)))


def person(viewer: User, user_id: int) -> User:
    """One of `people(viewer)`. Raises NotFound for anybody else."""
    user = db.session.scalar(_visible(viewer).where(User.id == user_id))
    if user is None:
        raise NotFound(_l("There is no such user in your branches."))
    return user


def _visible(viewer: User) -> Any:
    query = sa.select(User).where(User.network_id == viewer.network_id, ~User.roles.any(Role.name == CLIENT))
    if any(role.name == NETWORK for role in viewer.roles):
        return query
    mine = sa.select(user_branch.c.branch_id).where(user_branch.c.user_id == viewer.id)
    shared = sa.select(user_branch.c.user_id).where(user_branch.c.branch_id.in_(mine))
    return query.where(User.id.in_(shared))
