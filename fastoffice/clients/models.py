"""The client's file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model


class Client(Model):
    """A company or person that contracts with a branch. `search_text` is lower case without accents."""

    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("branch_id", "tax_id"),
        Index("ix_client_branch_name", "branch_id", "legal_name", "id"),
        Index("ix_client_branch_name_key", "branch_id", "name_key"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    legal_name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    trade_name: Mapped[str] = mapped_column(String(200), default="")
    tax_id: Mapped[str | None] = mapped_column(String(20))
    tax_regime: Mapped[str] = mapped_column(String(10), default="")
    cfdi_use: Mapped[str] = mapped_column(String(10), default="")
    fiscal_postal_code: Mapped[str] = mapped_column(String(10), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(5), default="es")
    group: Mapped[str] = mapped_column("client_group", String(80), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    contacts: Mapped[list[ClientContact]] = relationship(
        back_populates="client", order_by="ClientContact.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def display_name(self) -> str:
        return self.trade_name or self.legal_name


class ClientContact(Model):
    """A person (or a shared mailbox) of the client. Those with `for_billing` receive the documents."""

    __tablename__ = "client_contact"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    for_billing: Mapped[bool] = mapped_column(default=True)

    client: Mapped[Client] = relationship(back_populates="contacts")
