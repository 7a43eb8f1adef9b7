"""What others read of resources, and their terms as the rules want them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from fastoffice.bookings.models import Blackout, BookingPolicy, Resource, ResourcePart
from fastoffice.bookings.queries.once import memory, once
from fastoffice.bookings.rules.policy import DEFAULTS, Policy
from fastoffice.bookings.rules.slots import Span, Terms
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.branches.rules import public_holidays
from fastoffice.extensions import db


def resources(branch_id: int, *, active: bool = True, kind: str | None = None) -> list[Resource]:
    """The branch's resources by kind and name."""
    return once(("resources", branch_id, active, kind), lambda: _resources(branch_id, active, kind))


def _resources(branch_id: int, active: bool, kind: str | None) -> list[Resource]:
    query = sa.select(Resource).where(Resource.branch_id == branch_id).options(selectinload(Resource.rates))
    if active:
        query = query.where(Resource.is_active)
    if kind:
        query = query.where(Resource.kind == kind)
    return list(db.session.scalars(query.order_by(Resource.kind.desc(), Resource.capacity, Resource.name)))


def parts_of(branch_id: int) -> dict[int, tuple[int, ...]]:
    """Combined rooms: the ids of their parts."""
    return once(("parts", branch_id), lambda: _parts_of(branch_id))


def _parts_of(branch_id: int) -> dict[int, tuple[int, ...]]:
    rows = db.session.execute(
        sa.select(ResourcePart.whole_id, ResourcePart.part_id).where(ResourcePart.branch_id == branch_id)
        .order_by(ResourcePart.part_id))
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.whole_id].append(row.part_id)
    return {whole: tuple(parts) for whole, parts in found.items()}


def space_ids(resource_id: int, parts: dict[int, tuple[int, ...]]) -> list[int]:
    """The physical resources that booking this one takes, in order of id."""
    return sorted({resource_id, *parts.get(resource_id, ())})


def policy_of(branch_id: int) -> Policy:
    """The branch's numbers, or the defaults where nobody set them."""
    row = once(("policy", branch_id), lambda: db.session.get(BookingPolicy, branch_id))
    return Policy(**{item.name: getattr(row, item.name) for item in fields(Policy)}) if row else DEFAULTS


def closed_days(branch: Branch, years: Iterable[int]) -> frozenset[date]:
    """Public holidays and the branch's own, of some years."""
    own = once(("holidays", branch.id), lambda: branches.holidays_of(branch.id))
    return frozenset(own).union(*(public_holidays(branch.country, year) for year in years))


def terms_of(resource: Resource, branch: Branch, closed: frozenset[date]) -> Terms:
    """A resource as the rules read it."""
    return Terms(resource.opening, branch.timezone, resource.min_minutes, resource.max_minutes, resource.step,
                 resource.capacity, frozenset() if resource.open_on_holidays else closed)


def blackouts(branch_id: int, starts_at: datetime, ends_at: datetime) -> list[Blackout]:
    """Those that touch a span, in order."""
    known = memory()
    if known is None or not known.covers(starts_at, ends_at):
        return _blackouts(branch_id, starts_at, ends_at)
    rows = once(("blackouts", branch_id), lambda: _blackouts(branch_id, known.starts_at, known.ends_at))
    return [row for row in rows if row.starts_at < ends_at and row.ends_at > starts_at]


def _blackouts(branch_id: int, starts_at: datetime, ends_at: datetime) -> list[Blackout]:
    query = sa.select(Blackout).where(
        Blackout.branch_id == branch_id, Blackout.starts_at < ends_at, Blackout.ends_at > starts_at)
    return list(db.session.scalars(query.order_by(Blackout.starts_at, Blackout.id)))


def blacked_out(rows: Sequence[Blackout], spaces: Sequence[int]) -> list[tuple[Span, str]]:
    """Spans and reasons of the blackouts that hold for one of these resources."""
    return [((row.starts_at, row.ends_at), row.reason) for row in rows
            if row.resource_id is None or row.resource_id in spaces]


def taxes_of(branch_id: int, profile_id: int | None) -> tuple[int, tuple[int, int, int]]:
    """A tax profile's id, the branch's default for None; and its VAT, ISR withheld, VAT withheld in millionths."""
    rates = once(("rates", branch_id), lambda: branches.tax_rates(branch_id))
    if profile_id not in rates:
        profile_id = once(("profiles", branch_id), lambda: branches.tax_profiles(branch_id))[0].id
    _name, vat, isr, withheld = rates[profile_id]
    return profile_id, (vat or 0, isr, withheld)
