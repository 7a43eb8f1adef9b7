"""Handing a unit to the workers when many requests ask for the same at once: one of them speaks for those after it.

None is overheard. Whoever keeps quiet does so within QUIET_SECONDS after another request of its process saw the mark
of the waiting job (`schedule.to_queue`). The job takes that mark away later than that, waits as long (`hear_out`), and
only then looks in the database, where all those requests have committed by then. A job that is lost costs a minute:
the ticker asks the database.
"""

from __future__ import annotations

import time

from fastoffice import clock, schedule
from fastoffice.units import Unit

QUIET_SECONDS = 0.05
_rung: dict[str, float] = {}


def ring(unit: Unit) -> None:
    """Hand a unit to the workers after a commit, unless it was done just now. Its job has to begin with `hear_out`."""
    now = clock.monotonic()  # before the queue is asked: the mark that is seen there is taken away later
    last = _rung.get(unit.key)
    if (last is None or now - last >= QUIET_SECONDS) and schedule.to_queue(unit):
        _rung[unit.key] = now


def hear_out() -> None:
    """Wait for those who keep quiet because this job waited."""
    time.sleep(QUIET_SECONDS)
