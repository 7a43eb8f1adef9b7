"""Who may see all of a client's portal also sees what the lobby added to it

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

ALL_BEFORE = ["invoices", "pay", "contracts", "data", "requests"]
ADDED = ["mail", "visitors", "rooms"]
access = sa.table("portal_access", sa.column("id", sa.BigInteger), sa.column("may", sa.JSON))


def _rewrite(wanted) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(access)).all():
        may = wanted(list(row.may))
        if may != row.may:
            connection.execute(sa.update(access).where(access.c.id == row.id).values(may=may))


def upgrade() -> None:
    _rewrite(lambda may: may + [word for word in ADDED if word not in may] if set(ALL_BEFORE) <= set(may) else may)


def downgrade() -> None:
    _rewrite(lambda may: [word for word in may if word not in ADDED])
