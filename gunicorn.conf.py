"""The web server's settings; addresses and numbers from the environment, secrets never in its log."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from gunicorn.glogging import Logger

from fastoffice.config import SettingsError, read_settings
from fastoffice.logging_setup import configure, formatter, redact
from fastoffice.processes import lifeline

try:
    settings = read_settings()
except SettingsError as error:
    sys.stderr.write("".join(f"{fault}\n" for fault in error.faults))
    sys.exit(2)

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  a heartbeat must not wait for a disk
timeout = 60
graceful_timeout = int(os.environ.get("DRAIN_SECONDS") or 20)
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
preload_app = True
control_socket_disable = True
accesslog = "-" if os.environ.get("ACCESS_LOG", "1") != "0" else None
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms %({x-request-id}o)s'
forwarded_allow_ips = "127.0.0.1,::1"


class RedactingLogger(Logger):
    """Lines of the house; pay links and recovery links lose their tokens."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.setFormatter(formatter(settings))

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Whoever watches the house asks all day; that is no news."""
        if req.path != "/health":
            super().access(resp, req, environ, request_time)

    def atoms(self, *arguments: Any) -> Any:
        found = super().atoms(*arguments)
        return {name: redact(value) if isinstance(value, str) else value for name, value in found.items()}


logger_class = RedactingLogger


def on_starting(_server: Any) -> None:
    """Start-up of the parent."""
    configure(settings)
    if lifeline.PARENT in os.environ:
        lifeline.die_with_parent(signal.SIGTERM)


def when_ready(_server: Any) -> None:
    """The parent listens now."""
    lifeline.watch(signal.SIGTERM)


def post_fork(_server: Any, _worker: Any) -> None:
    """A child never shares its parent's database connections, and does not outlive it."""
    from app import app
    from fastoffice.extensions import db

    with app.app_context():
        db.engine.dispose(close=False)
    lifeline.die_with_parent(signal.SIGTERM, _server.pid)
