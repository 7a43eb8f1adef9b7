"""Other prices of a room: for some hours, a plan, a group; checked and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask_babel import lazy_gettext as _l

from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Resource, ResourceRate
from fastoffice.bookings.rules.rates import EVERYBODY, MIDNIGHT, WHOLE_WEEK, Tariff, clash
from fastoffice.extensions import db
from fastoffice.folding import clean_text, fold

BASES = ("all", "plan", "group")


@dataclass(frozen=True, slots=True)
class RateData:
    """Another price, minor units per hour; fields as in the model."""

    basis: str
    name: str
    rate: int
    weekdays: str = WHOLE_WEEK
    from_minute: int = 0
    until_minute: int = MIDNIGHT

    def tariff(self) -> Tariff:
        """As the rules read it."""
        who = EVERYBODY if self.basis == "all" else (self.basis, fold(self.name))
        return Tariff(who, self.rate, self.weekdays, self.from_minute, self.until_minute)


def check_rates(rows: Sequence[RateData]) -> None:
    """Raises BookingRefused for prices below zero, of nobody, at no hour, or two that hold at once."""
    if any(row.rate < 0 for row in rows):
        raise BookingRefused(_l("A price is not below zero."), field="rates")
    if any(row.basis not in BASES or (row.basis != "all" and not fold(row.name)) for row in rows):
        raise BookingRefused(_l("Say which plan or group pays this price."), field="rates")
    if any(not row.weekdays or set(row.weekdays) - set(WHOLE_WEEK)
           or not 0 <= row.from_minute < row.until_minute <= row.from_minute + MIDNIGHT
           or row.from_minute >= MIDNIGHT for row in rows):
        raise BookingRefused(_l("Check the hours of this price."), field="rates")
    tariffs = [row.tariff() for row in rows]
    general = [tariff.who for tariff in tariffs if tariff.always]
    if EVERYBODY in general:
        raise BookingRefused(_l("What everybody always pays is the price per hour above."), field="rates")
    if len(set(general)) < len(general) or clash(tariffs):
        raise BookingRefused(_l("Two prices for the same people hold at the same hour."), field="rates")


def set_rates(resource: Resource, rows: Sequence[RateData]) -> None:
    """Make these the room's other prices."""
    wanted = {(*tariff.who, tariff.weekdays, tariff.from_minute, tariff.until_minute): row
              for row in rows for tariff in (row.tariff(),)}
    for known in list(resource.rates):
        key = (known.basis, known.name_key, known.weekdays, known.from_minute, known.until_minute)
        if key not in wanted:
            resource.rates.remove(known)
        else:
            row = wanted.pop(key)
            known.name, known.rate = clean_text(row.name), row.rate
    for (_basis, name_key, *_when), row in wanted.items():
        values = {**asdict(row), "name": clean_text(row.name)}
        resource.rates.append(ResourceRate(branch_id=resource.branch_id, name_key=name_key, **values))
    db.session.flush()
