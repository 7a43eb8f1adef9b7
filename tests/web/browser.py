"""A browser without JavaScript that signs in like a person and sends forms with their token."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, cast

from flask import Flask, current_app, has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from fastoffice.extensions import db
from fastoffice.identity.models import User
from tests.factories.people import PASSWORD


class Browser(FlaskClient):
    """Each request has an application context of its own, as in production.

    What the test wrote so far is committed before (to its outer transaction), and what the request wrote is
    read afresh afterwards. `csrf=False` sends a form as a stranger's page would.
    """

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        method = str(kwargs.get("method", "GET")).upper()
        if csrf and method not in {"GET", "HEAD", "OPTIONS"}:
            headers = dict(kwargs.get("headers") or {})
            headers.setdefault("X-CSRFToken", self.token())
            kwargs["headers"] = headers
        if not has_app_context():
            return super().open(*args, **kwargs)
        db.session.commit()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        return response

    def token(self) -> str:
        """The token that this browser's forms carry."""
        with self.application.app_context(), self.session_transaction() as session:
            raw = session.setdefault("csrf_token", hashlib.sha1(secrets.token_bytes(64)).hexdigest())
            signer = URLSafeTimedSerializer(current_app.secret_key, salt="wtf-csrf-token")
            return str(signer.dumps(raw))

    def sign_in(self, user: User | str, password: str = PASSWORD, **form: str) -> TestResponse:
        """Fill in the sign-in form."""
        email = user if isinstance(user, str) else user.email
        return self.post("/sign-in", data={"email": email, "password": password, **form})

    @classmethod
    def of(cls, app: Flask, user: User) -> Browser:
        """A browser of its own, in which `user` signed in."""
        browser = cast(Browser, app.test_client())
        browser.sign_in(user)
        return browser

    def sign_out(self) -> TestResponse:
        """Press "sign out"."""
        return self.post("/sign-out")

    def cookie(self) -> str:
        """The session cookie as it is now."""
        found = self.get_cookie(self.application.config["SESSION_COOKIE_NAME"])
        return found.value if found else ""

    def show_cookie(self, value: str) -> None:
        """Come back with an old cookie."""
        self.set_cookie(self.application.config["SESSION_COOKIE_NAME"], value)


def htmx_headers(page: str = "/staff/") -> dict[str, str]:
    """What htmx sends along when it asks for a fragment of `page`."""
    return {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": f"http://localhost{page}"}
