"""What visitors sign, and what the branch wants of the lobby."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model


class VisitPolicy(Model):
    """The branch's lobby. `retention` is kind -> {"photo_days", "data_days"}; what it lacks has the default of
    visitors.rules.retention. `closes_at` is wall time: who has not signed out by then is signed out.
    """

    __tablename__ = "visit_policy"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    closes_at: Mapped[time] = mapped_column(default=time(20, 0))
    asks_photo: Mapped[bool] = mapped_column(default=True)
    prints_badge: Mapped[bool] = mapped_column(default=False)
    privacy_notice: Mapped[str] = mapped_column(Text, default="")
    retention: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class HouseRules(Model):
    """A version of what visitors sign: "rules" of the house or an "nda". Its text never changes; a new one follows.

    `texts` by language; `visit_kinds` are the kinds of visit that it is asked of. `ended_at`: replaced or not asked.
    """

    __tablename__ = "house_rules"
    __table_args__ = (
        UniqueConstraint("branch_id", "kind", "number"),
        CheckConstraint("kind IN ('rules','nda')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    visit_kinds: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None]


class RulesSignature(Model):
    """What was signed, as it read then, and the drawn name (a cleaned PNG)."""

    __tablename__ = "rules_signature"
    __table_args__ = (
        UniqueConstraint("visit_id", "house_rules_id"),
        Index("ix_rules_signature_contact", "branch_id", "contact_key", "house_rules_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    house_rules_id: Mapped[int] = mapped_column(ForeignKey("house_rules.id"), index=True)
    contact_key: Mapped[str] = mapped_column(String(254), default="")
    signed_name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text)
    signature_sha256: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime]

    house_rules: Mapped[HouseRules] = relationship()
