"""The application as people meet it: served on loopback, on committed data, with a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import force_locale, gettext, ngettext
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from fastoffice import clock, create_app, schedule
from fastoffice.config import read_settings
from fastoffice.extensions import db
from tests.servers import PrivateRedis, compiled_templates, free_port


class _Quiet(WSGIRequestHandler):
    """Requests are no news in a test."""

    def log_request(self, *_args: object, **_kwargs: object) -> None:
        return


class House:
    """One installation: files in `folder`, pages at `url`, its moment in `now` (aware); `env` has more settings."""

    def __init__(self, folder: Path, redis_number: str, *, host: str = "127.0.0.1", **env: str) -> None:
        self.folder, self.now = folder, clock.now()
        port = free_port()
        self.url = f"http://{host}:{port}"
        settings = read_settings({
            "FASTOFFICE_ENV": "test", "FASTOFFICE_INSTANCE": str(folder), "BASE_URL": self.url,
            "REDIS_URL": PrivateRedis.shared().url(redis_number), "SECRET_KEY": "a secret for tests only, long enough",
            **env,
        })
        self.app: Flask = create_app(settings, RATELIMIT_STORAGE_URI="memory://", RATELIMIT_ENABLED=False)
        self.app.jinja_env.bytecode_cache = compiled_templates()
        with self.app.app_context():
            db.create_all()
        self._server: BaseWSGIServer = make_server("127.0.0.1", port, self._at_its_moment, threaded=True,
                                                   request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, name="web")
        self._thread.start()

    def _at_its_moment(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with clock.fixed_at(self.now):
            return self.app(environ, start_response)

    def tick(self) -> None:
        """Ticker and workers: all that is due now is done, here."""
        with self.app.app_context(), clock.fixed_at(self.now):
            result = schedule.tick(self.now)
            db.session.remove()
        assert not result.errors, result.errors

    def move_to(self, moment: datetime) -> None:
        """Time goes by; the ticker wakes up."""
        self.now = moment
        self.tick()

    def says(self, msgid: str, plural: str | None = None, /, num: int = 1, **values: Any) -> str:
        """The Spanish words of the screens."""
        with self.app.test_request_context(), force_locale("es"):
            return ngettext(msgid, plural, num, **values) if plural else gettext(msgid, **values)

    def mails(self) -> list[EmailMessage]:
        """What was sent: without a mail server it lands here."""
        found = sorted(self.folder.rglob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
