"""What a client asks of the branch from the portal, and the files that come with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.billing.models import Invoice
from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model

_new = sa.text("state = 'new'")


class ClientRequest(Model):
    """A wish that somebody of the branch answers.

    kind and its `data`:
    dispute: {}; the message says what is wrong.
    instalments: {"parts": [{"on": "2026-12-10", "amount": centavos}, …]}, two to six that add up to the balance.
    transfer: {"amount": centavos, "value_date": "2026-12-04", "reference": text}.
    data: {"changes": [{"key": "address" or "contact-12" or "contact-new-0", "before": …, "after": …}, …]}, and once
    answered "accepted": [key, …].
    state: new, accepted, rejected, withdrawn (by the client). `request_key` names the form it was sent with.
    """

    __tablename__ = "client_request"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        Index("ix_client_request_client", "client_id", "id"),
        Index("ix_client_request_branch", "branch_id", "id"),
        Index("ix_client_request_new", "branch_id", "id", sqlite_where=_new, postgresql_where=_new),
        Index("ix_client_request_invoice", "invoice_id"),
        CheckConstraint("kind IN ('data','dispute','instalments','transfer')", name="kind"),
        CheckConstraint("state IN ('new','accepted','rejected','withdrawn')", name="state"),
        CheckConstraint("(state = 'new') = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="new")
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    answer: Mapped[str] = mapped_column(String(500), default="")
    request_key: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)

    client: Mapped[Client] = relationship()
    invoice: Mapped[Invoice | None] = relationship()
    files: Mapped[list[ClientRequestFile]] = relationship(order_by="ClientRequestFile.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def source(self) -> str:
        """How billing names the holds that this request places."""
        return f"request:{self.id}"


class ClientRequestFile(Model):
    """A picture or a PDF that came with a request; stored under its own hash."""

    __tablename__ = "client_request_file"
    __table_args__ = (Index("ix_client_request_file_request", "request_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("client_request.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
