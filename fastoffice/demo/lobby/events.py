"""What happens in the demo's lobby: moments with something that a service does, carried out in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from fastoffice import audit, clock
from fastoffice.branches.models import Branch
from fastoffice.extensions import db

SYSTEM, DESK, MANAGER = audit.Actor.system(), audit.Actor("Mariana Ruiz"), audit.Actor("Graciela Torres")
TABLET = audit.Actor("Tableta de recepción")
Work = Callable[[Branch, datetime], object]
Event = tuple[datetime, Work]


@dataclass(frozen=True, slots=True)
class Lobby:
    """The branch, the clients that people come to, and the signature that everybody draws (a stored picture)."""

    branch_id: int
    zone: str
    hosts: tuple[int, ...]
    signature: str

    def host(self, number: int) -> int:
        return self.hosts[number % len(self.hosts)]

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A wall time of the branch."""
        return clock.at_local(day, time(hour, minute), self.zone)


def carry_out(branch: Branch, events: Sequence[Event], until: datetime) -> None:
    """Each event at its moment; what would come after `until` has not happened. A day is one unit of work."""
    for moment, work in sorted(events, key=itemgetter(0)):
        if moment > until:
            return
        with clock.fixed_at(moment):
            work(branch, moment)
            db.session.flush()


def before(lobby: Lobby, now: datetime, minutes: int, longest: int) -> datetime:
    """So many minutes ago; early in the night, when today is younger than `longest` minutes, as much closer."""
    elapsed = (now - clock.start_of_day(clock.local_date(now, lobby.zone), lobby.zone)).total_seconds() / 60
    return now - timedelta(minutes=minutes * min(1.0, elapsed / longest))
