"""A visit, who is called for it, and what reception is called for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client, ClientContact
from fastoffice.extensions import Id, Model
from fastoffice.visitors.models.guests import Visitor

_inside = sa.text("left_at IS NULL")
_asked = sa.text("escalate_at IS NOT NULL")
_calling = sa.text("attended_at IS NULL")
_photographed = sa.text("photo_sha256 IS NOT NULL")
_known = sa.text("forgotten_at IS NULL")


class Visit(Model):
    """Somebody came. `request_key` is made by the tablet or the form, so that sent twice it is one visit.

    kind: visit, interview, supplier, delivery, authority. state: waiting (nobody answered), coming, wait (the host
    asks for patience), refused (not today), in (with the host), out. `client_id` None: whom they visit is not known,
    reception looks after it. `blocked`: the name stands on the block list; only staff learn of it.
    `escalate_at` is set while an answer is awaited; `closes_at` is when the branch closes that day.
    `left_by`: qr, name, host, reception, automatic. What is personal goes at `forgotten_at`; the row stays to count.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        UniqueConstraint("branch_id", "badge_hash"),
        CheckConstraint("kind IN ('visit','interview','supplier','delivery','authority')", name="kind"),
        CheckConstraint("state IN ('waiting','coming','wait','refused','in','out')", name="state"),
        CheckConstraint("(state = 'out') = (left_at IS NOT NULL)", name="left_at"),
        Index("ix_visit_branch_arrived", "branch_id", "arrived_at", "id"),
        Index("ix_visit_inside", "branch_id", "closes_at", sqlite_where=_inside, postgresql_where=_inside),
        Index("ix_visit_escalate", "escalate_at", sqlite_where=_asked, postgresql_where=_asked),
        Index("ix_visit_client", "client_id", "arrived_at"),
        Index("ix_visit_visitor", "visitor_id"),
        Index("ix_visit_photo", "branch_id", "arrived_at", sqlite_where=_photographed,
              postgresql_where=_photographed),
        Index("ix_visit_known", "branch_id", "kind", "arrived_at", sqlite_where=_known, postgresql_where=_known),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    request_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("client_contact.id", ondelete="SET NULL"))
    host_text: Mapped[str] = mapped_column(String(200), default="")
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    visitor_id: Mapped[int | None] = mapped_column(ForeignKey("visitor.id", ondelete="SET NULL"))
    visitor_name: Mapped[str] = mapped_column(String(120), default="")
    company: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(String(300), default="")
    photo_sha256: Mapped[str | None] = mapped_column(String(64))
    search_text: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(5), default="es")
    blocked: Mapped[bool] = mapped_column(default=False)
    badge_nonce: Mapped[str] = mapped_column(String(32))
    badge_hash: Mapped[str] = mapped_column(String(64))
    signed_in_by: Mapped[str] = mapped_column(String(10))
    registered_by: Mapped[str] = mapped_column(String(120))
    arrived_at: Mapped[datetime]
    noted_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    escalate_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(120), default="")
    left_at: Mapped[datetime | None]
    left_by: Mapped[str | None] = mapped_column(String(10))
    forgotten_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    client: Mapped[Client | None] = relationship()
    contact: Mapped[ClientContact | None] = relationship()
    visitor: Mapped[Visitor | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_inside(self) -> bool:
        return self.left_at is None


class HostCall(Model):
    """Somebody of the client was told of a visit and may answer by a link; `step` is host or second.

    The database keeps the nonce and the token's hash, never the token. GET of the link shows, POST answers.
    """

    __tablename__ = "host_call"
    __table_args__ = (UniqueConstraint("visit_id", "contact_id", "step"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(120), default="")
    step: Mapped[str] = mapped_column(String(10))
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(10), default="")

    visit: Mapped[Visit] = relationship()


class HostSetting(Model):
    """How a client is told of visitors: who first, who second, and until when everybody is away."""

    __tablename__ = "host_setting"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    first_contact_id: Mapped[int | None] = mapped_column(ForeignKey("client_contact.id", ondelete="SET NULL"))
    second_contact_id: Mapped[int | None] = mapped_column(ForeignKey("client_contact.id", ondelete="SET NULL"))
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]


class ReceptionCall(Model):
    """Reception is wanted at the lobby. reason: help, no_host, invitation, escalated, blocked, away, authority,
    delivery, badge. `where` names the tablet.
    """

    __tablename__ = "reception_call"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        Index("ix_reception_call_open", "branch_id", "id", sqlite_where=_calling, postgresql_where=_calling),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    request_key: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(12))
    where: Mapped[str] = mapped_column("place", String(120), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    called_at: Mapped[datetime]
    attended_at: Mapped[datetime | None]
    attended_by: Mapped[str] = mapped_column(String(120), default="")

    visit: Mapped[Visit | None] = relationship()
