"""Who took what, and what clients ask to be done with what is here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model
from fastoffice.mailroom.models.items import MailItem

_asked = sa.text("state = 'asked'")


class MailHandover(Model):
    """Pieces that went out over the counter. proof: signature (`signature_sha256`) or pin.

    `is_named` is whether the client had named who took them; else `authorised_by` says who allowed it, and the client
    is told. `items` are {"id", "state"} as they were, which an undo until `undo_until` gives back.
    """

    __tablename__ = "mail_handover"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        CheckConstraint("proof IN ('signature','pin')", name="proof"),
        CheckConstraint("is_named OR authorised_by <> ''", name="authorised"),
        Index("ix_mail_handover_client", "client_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    request_key: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    nominee_id: Mapped[int | None] = mapped_column(ForeignKey("mail_nominee.id"), index=True)
    taken_by: Mapped[str] = mapped_column(String(120))
    is_named: Mapped[bool]
    authorised_by: Mapped[str] = mapped_column(String(120), default="")
    proof: Mapped[str] = mapped_column(String(10))
    signature_sha256: Mapped[str | None] = mapped_column(String(64))
    items: Mapped[list[Any]] = mapped_column(default=list)
    handed_at: Mapped[datetime]
    handed_by: Mapped[str] = mapped_column(String(120))
    undo_until: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(120))

    client: Mapped[Client] = relationship()


class MailRequest(Model):
    """What a client asks to be done with a piece: forward ({"address"}), scan, hold ({"until"}), destroy.

    `price` (minor units without tax) is what the client saw when asking; it becomes a charge when it is done.
    state: asked, done, refused, withdrawn. A piece has one open request. A scan is `file_sha256`.
    """

    __tablename__ = "mail_request"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        CheckConstraint("kind IN ('forward','scan','hold','destroy')", name="kind"),
        CheckConstraint("state IN ('asked','done','refused','withdrawn')", name="state"),
        CheckConstraint("price >= 0", name="price"),
        Index("uq_mail_request_open", "item_id", unique=True, sqlite_where=_asked, postgresql_where=_asked),
        Index("ix_mail_request_asked", "branch_id", "id", sqlite_where=_asked, postgresql_where=_asked),
        Index("ix_mail_request_client", "client_id", "id"),
        Index("ix_mail_request_item", "item_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    request_key: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("mail_item.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    price: Mapped[int] = mapped_column(Id, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    answer: Mapped[str] = mapped_column(String(300), default="")
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(120), default="")
    media_type: Mapped[str] = mapped_column(String(60), default="")

    client: Mapped[Client] = relationship()
    item: Mapped[MailItem] = relationship()
