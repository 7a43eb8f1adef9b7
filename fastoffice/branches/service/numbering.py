"""Taking numbers of a series: last thing in a unit of work, in a short lock, without gaps."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import bulk
from fastoffice.branches.models import Series, SeriesCounter
from fastoffice.errors import NotFound
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there


def take_numbers(series_id: int, count: int, day: date) -> tuple[int, int]:
    """Take `count` consecutive numbers for documents of `day`: (year, first).

    Year is 0 unless the series starts anew each year. The counter's row stays locked until the unit ends,
    so take numbers last; when the unit is rolled back, so are they. Raises NotFound for no such series.
    """
    if count < 1:
        raise ValueError("at least one number is taken")
    yearly = db.session.scalar(sa.select(Series.yearly).where(Series.id == series_id))
    if yearly is None:
        raise NotFound(_l("There is no such series."))
    year = day.year if yearly else 0
    first = _advance(series_id, year, count)
    if first is None:
        _begin(series_id, year)
        first = _advance(series_id, year, count)
    if first is None:
        raise RuntimeError("the counter of the series vanished")
    return year, first


def _advance(series_id: int, year: int, count: int) -> int | None:
    """Lock and move the counter in one statement; None when there is no counter yet."""
    move = (
        sa.update(SeriesCounter)
        .where(SeriesCounter.series_id == series_id, SeriesCounter.year == year)
        .values(next_number=SeriesCounter.next_number + count)
        .returning(SeriesCounter.next_number - count)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(move)


def _begin(series_id: int, year: int) -> None:
    """Create the counter; harmless when somebody else just did."""
    row = insert_unless_there(bulk.table_of(SeriesCounter)).values(series_id=series_id, year=year, next_number=1)
    db.session.execute(row)
