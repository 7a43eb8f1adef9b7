"""Bookings, the series they belong to, the spaces they occupy, and who waits for one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.bookings.models.resources import Resource
from fastoffice.extensions import Id, Model

# what the minute asks of all branches; the duties name these conditions as they stand here
_attended = sa.text("state IN ('pending', 'confirmed', 'checked_in')")
_held = sa.text("state = 'held'")
_uncharged = sa.text("charged <> owed")
_waits = sa.text("state IN ('waiting', 'offered')")


class BookingSeries(Model):
    """How a series recurs, on the wall clock of `zone`. Its bookings are rows of their own."""

    __tablename__ = "booking_series"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    frequency: Mapped[str] = mapped_column(String(8))
    every: Mapped[int] = mapped_column(default=1)
    first_day: Mapped[date]
    until: Mapped[date | None]
    count: Mapped[int | None]
    zone: Mapped[str] = mapped_column(String(60))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))


class Booking(Model):
    """A resource for a client or a guest from `starts_at` to `ends_at` (UTC; `local_…` as "2026-12-03T16:00").

    `minutes` is what is billed, of which `included` were covered by contracts; `subtotal` is the rest's price without
    tax, as agreed; `price_lines` say how ([["18:00", minutes, rate, amount], …]). `owed` and `hours_kept` are what of
    it stands now: less after a cancellation in time. From `charge_at` on it can no longer be cancelled free, and
    `owed` is a pending charge.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        UniqueConstraint("branch_id", "request_key"),
        Index("ix_booking_branch_time", "branch_id", "starts_at"),
        Index("ix_booking_resource_time", "resource_id", "starts_at"),
        Index("ix_booking_client_time", "client_id", "starts_at"),
        Index("ix_booking_state_time", "branch_id", "state", "starts_at"),
        Index("ix_booking_attend", "starts_at", sqlite_where=_attended, postgresql_where=_attended),
        Index("ix_booking_held", "hold_until", sqlite_where=_held, postgresql_where=_held),
        Index("ix_booking_uncharged", "charge_at", sqlite_where=_uncharged, postgresql_where=_uncharged),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("booking_series.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    guest_name: Mapped[str] = mapped_column(String(120), default="")
    guest_email: Mapped[str] = mapped_column(String(254), default="")
    guest_phone: Mapped[str] = mapped_column(String(40), default="")
    organiser_name: Mapped[str] = mapped_column(String(120), default="")
    organiser_email: Mapped[str] = mapped_column(String(254), default="", index=True)
    attendees: Mapped[list[Any]] = mapped_column(default=list)
    title: Mapped[str] = mapped_column(String(120), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    private: Mapped[bool] = mapped_column(default=False)
    people: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))
    local_start: Mapped[str] = mapped_column(String(16))
    local_end: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default="confirmed")
    origin: Mapped[str] = mapped_column(String(10), default="staff")
    hold_until: Mapped[datetime | None]
    checked_in_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(200), default="")
    minutes: Mapped[int] = mapped_column(default=0)
    included: Mapped[int] = mapped_column(default=0)
    rate: Mapped[int] = mapped_column(Id, default=0)
    subtotal: Mapped[int] = mapped_column(Id, default=0)
    tax: Mapped[int] = mapped_column(Id, default=0)
    price_lines: Mapped[list[Any] | None] = mapped_column(JSON)
    tax_profile_id: Mapped[int | None] = mapped_column(ForeignKey("tax_profile.id"))
    owed: Mapped[int] = mapped_column(Id, default=0)
    hours_kept: Mapped[int] = mapped_column(default=0)
    charge_at: Mapped[datetime]
    charged: Mapped[int] = mapped_column(Id, default=0)
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    request_key: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    resource: Mapped[Resource] = relationship()
    series: Mapped[BookingSeries | None] = relationship()
    spaces: Mapped[list[BookingSpace]] = relationship(back_populates="booking", order_by="BookingSpace.resource_id")

    __mapper_args__ = {"version_id_col": version}


class BookingSpace(Model):
    """What a booking occupies, buffers included: a row per physical resource. `bookings.overlap` guards the table:
    no two rows that are `active` share a resource and a moment.
    """

    __tablename__ = "booking_space"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        Index("ix_booking_space_resource_time", "resource_id", "active", "ends_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)

    booking: Mapped[Booking] = relationship(back_populates="spaces")


class WaitingEntry(Model):
    """Somebody who wants a time that is taken; of one resource, or of any that holds `people`. `look_at` is when to see
    to it next, None at once: something of that time became free.

    `state`: waiting, offered (a held booking stands for them until `offer_until`), taken, ended.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        Index("ix_waiting_entry_state", "branch_id", "state", "id"),
        Index("ix_waiting_entry_look", "look_at", sqlite_where=_waits, postgresql_where=_waits),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    kind: Mapped[str] = mapped_column(String(10), default="room")
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    people: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    offer_until: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    request_key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
