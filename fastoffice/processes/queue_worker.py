"""One RQ worker: takes jobs from the queue and forks a process for each, inside the application's context."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

from flask import Flask
from flask_rq._job_class import FlaskJob
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker

from fastoffice.config import Settings
from fastoffice.extensions import db
from fastoffice.processes import lifeline
from fastoffice.processes.backoff import Backoff

log = logging.getLogger(__name__)
WORKER_TTL = 90  # seconds after which a worker that says nothing is taken for dead


def run(app: Flask, queues: list[str]) -> None:
    """Work until SIGTERM (the job under way is finished first) or until Redis breaks off; raises nothing then."""
    settings: Settings = app.config["SETTINGS"]
    # A connection of its own: waiting for work may take longer than any other question to Redis.
    connection = Redis.from_url(settings.queue_url)
    if not _wait_for(connection):
        return
    with app.app_context():
        db.engine.dispose()
        os.register_at_fork(before=db.engine.dispose)  # a job must not share a connection with another
        lifeline.forked_children_die_with_us()
        worker = Worker(
            [Queue(name, connection, job_class=FlaskJob) for name in queues], connection=connection,
            job_class=FlaskJob, worker_ttl=WORKER_TTL)
        worker.work(logging_level="WARNING")


def _wait_for(connection: Redis) -> bool:
    """Until Redis answers. False when the process was asked to stop first."""
    stopping = threading.Event()

    def stop(_signum: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    backoff = Backoff("Redis", stopping, log)
    while not stopping.is_set():
        try:
            connection.ping()
        except (RedisError, OSError) as error:
            backoff.failed(error)
        else:
            backoff.worked()
            return True
    return False
