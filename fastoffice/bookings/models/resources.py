"""What can be booked: rooms, phone booths, parking; when, how long, and at which price."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model

WORKDAYS = {str(day): [["08:00", "20:00"]] for day in range(5)}


class Resource(Model):
    """Something bookable. `opening`: weekday "0" (Monday) to "6" -> [["08:00", "20:00"], …]; "24:00" is midnight.

    Buffers, lengths and `step` are minutes; `rate` is minor units per hour without tax. `is_private`: its calendar
    shows no titles to anybody but the staff. `uses_hours`: hours included in a contract pay for it.
    """

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("branch_id", "name"),
        CheckConstraint("buffer_before >= 0 AND buffer_after >= 0", name="buffers"),
        CheckConstraint("step > 0 AND min_minutes > 0 AND max_minutes >= min_minutes", name="lengths"),
        CheckConstraint("rate >= 0 AND capacity > 0", name="numbers"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(10), default="room")
    name: Mapped[str] = mapped_column(String(80))
    capacity: Mapped[int] = mapped_column(default=1)
    description: Mapped[str] = mapped_column(Text, default="")
    equipment: Mapped[list[Any]] = mapped_column(default=list)
    photo_sha256: Mapped[str | None] = mapped_column(String(64))
    opening: Mapped[dict[str, Any]] = mapped_column(default=lambda: dict(WORKDAYS))
    open_on_holidays: Mapped[bool] = mapped_column(default=False)
    buffer_before: Mapped[int] = mapped_column(default=0)
    buffer_after: Mapped[int] = mapped_column(default=0)
    min_minutes: Mapped[int] = mapped_column(default=30)
    max_minutes: Mapped[int] = mapped_column(default=480)
    step: Mapped[int] = mapped_column(default=30)
    needs_approval: Mapped[bool] = mapped_column(default=False)
    for_guests: Mapped[bool] = mapped_column(default=False)
    check_in: Mapped[bool] = mapped_column(default=True)
    uses_hours: Mapped[bool] = mapped_column(default=True)
    is_private: Mapped[bool] = mapped_column(default=False)
    rate: Mapped[int] = mapped_column(Id, default=0)
    tax_profile_id: Mapped[int | None] = mapped_column(ForeignKey("tax_profile.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    rates: Mapped[list[ResourceRate]] = relationship(order_by="ResourceRate.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}


class ResourcePart(Model):
    """A combined room is made of its parts: booking it takes them, and booking one of them takes it."""

    __tablename__ = "resource_part"

    whole_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True, index=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))


class ResourceRate(Model):
    """Another price per hour: for everybody (`basis` "all"), a plan (a service of the client's contracts) or a group of
    clients; on `weekdays` ("0" is Monday) from a minute of the day to another, beyond 1440 of the next day.

    `name_key` is the plan's or group's name folded. Which one counts: `rules.rates.stretches`.
    """

    __tablename__ = "resource_rate"
    __table_args__ = (
        UniqueConstraint("resource_id", "basis", "name_key", "weekdays", "from_minute", "until_minute",
                         name="uq_resource_rate_when"),
        CheckConstraint("rate >= 0", name="rate"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    basis: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    rate: Mapped[int] = mapped_column(Id)
    weekdays: Mapped[str] = mapped_column(String(7), default="0123456", server_default="0123456")
    from_minute: Mapped[int] = mapped_column(default=0, server_default="0")
    until_minute: Mapped[int] = mapped_column(default=1440, server_default="1440")


class Blackout(Model):
    """Nothing new is booked in it; of one resource, or of the whole branch without one."""

    __tablename__ = "blackout"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        UniqueConstraint("branch_id", "request_key"),
        Index("ix_blackout_branch_time", "branch_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")
    request_key: Mapped[str | None] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(120))


class BookingPolicy(Model):
    """The branch's numbers for bookings; a branch without a row goes by the defaults of `rules.policy`."""

    __tablename__ = "booking_policy"
    __table_args__ = (CheckConstraint("late_fee_percent BETWEEN 0 AND 100", name="late_fee"),)

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    free_cancel_hours: Mapped[int] = mapped_column(default=24)
    late_fee_percent: Mapped[int] = mapped_column(default=100)
    no_show_minutes: Mapped[int] = mapped_column(default=15)
    hold_minutes: Mapped[int] = mapped_column(default=15)
    offer_minutes: Mapped[int] = mapped_column(default=30)
    ahead_days: Mapped[int] = mapped_column(default=365)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
