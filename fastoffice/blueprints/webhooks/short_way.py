"""The short way in for Stripe's events: on a busy day they come by the thousand, and need nothing that pages need.

It stands before the application (PEP 3333), keeps an event that proves itself by what this process remembers of the
account, and answers. Whatever it does not keep goes on to `stripe`, body and all: strangers, what is told again, what
is odd. So it refuses nothing, and what it lets in is decided by the functions that the page uses. The host it was asked
under is the page's concern too: this answer leads nowhere, and the signature says who speaks.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from fastoffice import clock, transaction
from fastoffice.blueprints.headers import headers_for_all
from fastoffice.blueprints.webhooks.stripe import LARGEST
from fastoffice.logging_setup import reference_for
from fastoffice.payments.service.online import events, tellers
from fastoffice.sent import whole

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
ADDRESS = "/webhooks/stripe/"
POLICY = "default-src 'none'; frame-ancestors 'none'"


class ShortWay:
    """WSGI around the application `app`, whose own way in is `onward`."""

    def __init__(self, app: Flask, onward: WSGIApplication) -> None:
        self._app, self._onward = app, onward
        self._headers = [*headers_for_all(app).items(), ("Content-Security-Policy", POLICY),
                         ("Content-Type", "text/plain"), ("Content-Length", "4")]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(ADDRESS) or not self._keeps(environ):
            return self._onward(environ, start_response)
        reference = reference_for(environ.get("HTTP_X_REQUEST_ID", ""))
        start_response("200 OK", [*self._headers, ("X-Request-Id", reference)])
        return [b"kept"]

    def _keeps(self, environ: WSGIEnvironment) -> bool:
        """Whether the request was a new event, kept now. The body can be read again afterwards."""
        teller = tellers.remembered(environ["PATH_INFO"].removeprefix(ADDRESS))
        length = whole(environ.get("CONTENT_LENGTH") or "", LARGEST + 1)
        if teller is None or environ["REQUEST_METHOD"] != "POST" or length > LARGEST:
            return False
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            event = events.checked(teller, body, environ.get("HTTP_STRIPE_SIGNATURE", ""), clock.now())
            with self._context():
                return transaction.run(events.store, teller, event)
        except events.NotTheirs:
            return False  # or signed with a newer secret than those that are remembered
        except DBAPIError as error:
            log.warning("the page tries once more, and says what is wrong: %s", error.orig)
            return False

    def _context(self) -> AbstractContextManager[Any]:
        """The application's, unless the caller stands in one: as Flask does for a request."""
        return nullcontext() if current_app and current_app == self._app else self._app.app_context()


def init_app(app: Flask) -> None:
    """Put the short way before everything else."""
    app.wsgi_app = ShortWay(app, app.wsgi_app)  # type: ignore[method-assign]
