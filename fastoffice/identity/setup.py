"""Accounts by Flask-Security-Too: sign-in, recovery, second factor."""

from __future__ import annotations

from flask import Flask
from flask_security.datastore import SQLAlchemyUserDatastore

from fastoffice.extensions import db, security
from fastoffice.identity import access
from fastoffice.identity.models import Role, User

datastore = SQLAlchemyUserDatastore(db, User, Role)


def init_app(app: Flask) -> None:
    """Attach accounts to the application."""
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    security.init_app(app, datastore, register_blueprint=False)
    access.init_app(app)
