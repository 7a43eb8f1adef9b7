"""Waiting for something that is away, longer each time, and saying so once per outage."""

from __future__ import annotations

import logging
import threading

LONGEST_SECONDS = 30.0


class Backoff:
    """1, 2, 4 … 30 seconds between attempts; logs the first failure, each longer one, and the return."""

    def __init__(self, what: str, stopping: threading.Event, log: logging.Logger) -> None:
        self._what, self._stopping, self._log = what, stopping, log
        self._seconds = 0.0

    def failed(self, error: Exception) -> None:
        """Note a failure and wait, or return at once when the process is to stop."""
        self._seconds = min(LONGEST_SECONDS, self._seconds * 2 or 1.0)
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        self._log.warning("%s is away (%s), next attempt in %.0f s", self._what, reason, self._seconds)
        self._stopping.wait(self._seconds)

    def worked(self) -> None:
        """Note that it is back."""
        if self._seconds:
            self._log.warning("%s is back", self._what)
        self._seconds = 0.0
