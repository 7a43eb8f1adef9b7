"""Wakes at every full minute and once at start. Two at once are harmless: units are idempotent."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import datetime, timedelta
from types import FrameType

import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, schedule
from fastoffice.extensions import db
from fastoffice.processes.backoff import Backoff
from fastoffice.schedule import TickResult

log = logging.getLogger(__name__)


class Ticker:
    """`run` until SIGTERM or SIGINT; the tick under way is finished first."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._database = Backoff("the database", self._stopping, log)

    def stop(self, _signum: int = 0, _frame: FrameType | None = None) -> None:
        self._stopping.set()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self._stopping.is_set():
            try:
                self.once()
            except sa.exc.SQLAlchemyError as error:
                self._database.failed(error)
                continue
            self._database.worked()
            self._stopping.wait(seconds_to_next_minute(clock.now()))

    def once(self) -> TickResult:
        """One tick. Raises SQLAlchemyError while the database is away or not migrated."""
        with self._app.app_context():
            try:
                db.session.execute(sa.text("SELECT name FROM pulse LIMIT 1"))
                db.session.rollback()
                result = schedule.tick(clock.now(), schedule.to_queue)
                schedule.note_tick(result)
            finally:
                db.session.remove()
        handed = sum(unit["how"] == "handed out" for unit in result.units)
        log.info("tick: %s units, %s handed out, %s errors", len(result.units), handed, len(result.errors))
        return result


def seconds_to_next_minute(now: datetime) -> float:
    """From `now` to the next full minute; never 0, so that one minute has one tick."""
    following = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return (following - now).total_seconds()
