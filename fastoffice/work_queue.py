"""Redis is the doorbell: jobs are named, enqueued after the commit, and may be lost without harm.

Every job finds in the database what is to be done; a lost one is rung again by the next tick.
"""

from __future__ import annotations

import logging
from typing import Any

from redis.exceptions import RedisError

from fastoffice import transaction
from fastoffice.extensions import rq

log = logging.getLogger(__name__)
KEEP_RESULT_SECONDS = 60
KEEP_FAILURE_SECONDS = 86_400


def ring(job: str, *args: Any, queue: str = "default", seconds: int = 600) -> None:
    """Enqueue `job` ("package.module.function") once the unit of work under way is committed."""
    transaction.after_commit(lambda: ring_now(job, *args, queue=queue, seconds=seconds))


def ring_now(job: str, *args: Any, queue: str = "default", seconds: int = 600) -> bool:
    """Enqueue at once. False when Redis does not answer: the next tick will ring again."""
    try:
        rq.get_queue(queue).enqueue_call(
            job, args=args, timeout=seconds, result_ttl=KEEP_RESULT_SECONDS, failure_ttl=KEEP_FAILURE_SECONDS
        )
    except (RedisError, OSError) as error:
        log.warning("queue unreachable, %s waits for the next tick: %s", job, error)
        return False
    return True
