"""What the mail room knows of a client: other names, who may collect, how calls are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model

_in_force = sa.text("ended_at IS NULL")


class MailAlias(Model):
    """Another name under which a client gets mail; `alias_key` is folded, and one client's in a branch."""

    __tablename__ = "mail_alias"
    __table_args__ = (UniqueConstraint("branch_id", "alias_key"), Index("ix_mail_alias_client", "client_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    alias: Mapped[str] = mapped_column(String(200))
    alias_key: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))


class MailSheet(Model):
    """How a client's calls are answered and by which channels it hears of its mail.

    `greeting` is what is said on the phone, `pass_to` whom to pass calls to and when. `channels`: email, whatsapp.
    """

    __tablename__ = "mail_sheet"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    greeting: Mapped[str] = mapped_column(String(300), default="")
    pass_to: Mapped[str] = mapped_column(Text, default="")
    channels: Mapped[list[Any]] = mapped_column(default=lambda: ["email"])
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Nominee(Model):
    """Somebody whom the client lets collect; with a PIN (kept hashed) instead of a signature when they like.

    Five wrong PINs lock it until `locked_until`.
    """

    __tablename__ = "mail_nominee"
    __table_args__ = (
        Index("uq_mail_nominee_name", "client_id", "name_key", unique=True, sqlite_where=_in_force,
              postgresql_where=_in_force),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    pin_hash: Mapped[str] = mapped_column(String(255), default="")
    pin_failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(120))

    client: Mapped[Client] = relationship()
