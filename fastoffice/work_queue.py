"""Redis is the doorbell: jobs are named, enqueued after the commit, and may be lost without harm.

Every job finds in the database what is to be done; a lost one is rung again by the next tick.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import current_app
from redis.exceptions import RedisError

from fastoffice import clock, embedded, transaction
from fastoffice.extensions import rq

log = logging.getLogger(__name__)
KEEP_RESULT_SECONDS = 60
KEEP_FAILURE_SECONDS = 86_400
COMPLAIN_SECONDS = 60


def ring(job: str, *args: Any, queue: str = "default", seconds: int = 600) -> None:
    """Enqueue `job` ("package.module.function") once the unit of work under way is committed.

    Rung twice in one unit is rung once: the job finds in the database what is to be done.
    """
    transaction.after_commit(lambda: ring_now(job, *args, queue=queue, seconds=seconds), key=(job, args))


def ring_now(job: str, *args: Any, queue: str = "default", seconds: int = 600) -> bool:
    """Enqueue at once. False when Redis does not answer: the next tick will ring again."""
    try:
        rq.get_queue(queue).enqueue_call(
            job, args=args, timeout=seconds, result_ttl=KEEP_RESULT_SECONDS, failure_ttl=KEEP_FAILURE_SECONDS
        )
    except (RedisError, OSError) as error:
        _complain(job, error)
        return False
    return True


_silent_until = 0.0


def _complain(job: str, error: Exception) -> None:
    """Once a minute: an outage is one fact, however many jobs it meets. A command while nothing runs is none."""
    global _silent_until
    settings = current_app.config["SETTINGS"]
    at_rest = settings.redis_url is None and not embedded.socket_path(settings.instance).exists()
    if clock.monotonic() >= _silent_until:
        _silent_until = clock.monotonic() + COMPLAIN_SECONDS
        level = logging.INFO if at_rest else logging.WARNING
        log.log(level, "queue unreachable, %s and others wait for the next tick: %s", job, error)
