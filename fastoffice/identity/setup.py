"""Accounts by Flask-Security-Too: sign-in, recovery, second factor. Nothing of it is written again here."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore

from fastoffice import clock
from fastoffice.config import Settings
from fastoffice.extensions import db
from fastoffice.identity import access, mail, messages, sessions, trail, views
from fastoffice.identity.devices import asking
from fastoffice.identity.forms import HelpForm, NewPasskeyForm, PasskeyForm, SecondFactorForm, SignInForm
from fastoffice.identity.mail import AccountMail
from fastoffice.identity.models import Passkey, Role, User
from fastoffice.identity.passwords import HousePasskeys, HousePasswords, OneUseCodes
from fastoffice.identity.portal import links
from fastoffice.identity.rules import SHORTEST

TRANSLATIONS = Path(__file__).parents[1] / "translations"
QUICK_HASHES = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}


class Datastore(SQLAlchemyUserDatastore):
    """Users and roles. Flask-Security's commits become flushes: the unit of work commits."""

    def commit(self) -> None:
        db.session.flush()


datastore = Datastore(db, User, Role, Passkey)


def init_app(app: Flask) -> None:
    """Attach accounts to the application."""
    settings: Settings = app.config["SETTINGS"]
    for name, value in _settings(settings).items():
        app.config.setdefault(name, value)
    security = Security(
        app, datastore, register_blueprint=True, mail_util_cls=AccountMail, password_util_cls=HousePasswords,
        totp_cls=OneUseCodes, login_form=SignInForm, two_factor_setup_form=SecondFactorForm,
        two_factor_rescue_form=HelpForm, wan_register_form=PasskeyForm, wan_register_response_form=NewPasskeyForm,
        webauthn_util_cls=HousePasskeys,
    )
    security.unauthn_handler(_not_signed_in)
    sessions.init_app(app)
    trail.init_app(app)
    access.init_app(app)
    mail.init_app()
    links.register()
    views.init_app(app, security)
    asking.init_app(app)


def _not_signed_in(mechanisms: Any = None, headers: Any = None) -> Response:  # noqa: ARG001
    return access.sign_in_first()


def _settings(settings: Settings) -> dict[str, Any]:
    return {
        **messages.as_config(), **_addresses(), **_features(), **_secrets(settings.secret_key),
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": QUICK_HASHES if settings.environment == "test" else {},
        "SECURITY_EMAIL_SENDER": settings.mail_from,
        "SECURITY_CACHE_CONTROL": {"no-store": None},  # its default is written "no-store=True", which is no directive
        "SESSION_PROTECTION": "basic",
    }


def _secrets(secret: str) -> dict[str, Any]:
    """Each use has a key of its own, derived from SECRET_KEY."""

    def derived(purpose: str) -> bytes:
        return hashlib.sha256(f"{purpose}:{secret}".encode()).digest()

    return {
        "SECURITY_PASSWORD_SALT": derived("password").hex(),
        "SECURITY_TOTP_SECRETS": {"1": derived("second factor").hex()},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(derived("recovery codes"))],
    }


def _addresses() -> dict[str, Any]:
    return {
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_RESET_URL": "/recover",
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_VERIFY_URL": "/account/confirm",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/help",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/method",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
        "SECURITY_WAN_REGISTER_URL": "/portal/passkeys",
        "SECURITY_WAN_DELETE_URL": "/portal/passkey-removal",
        "SECURITY_WAN_SIGNIN_URL": "/portal/passkey",
        "SECURITY_WAN_VERIFY_URL": "/account/passkey",
        "SECURITY_WAN_POST_REGISTER_VIEW": "/portal/passkeys",
        "SECURITY_POST_LOGIN_VIEW": access.START,
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/account/",
        "SECURITY_STATIC_FOLDER": None,
    }


def _features() -> dict[str, Any]:
    return {
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_TRACKABLE": True,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TOTP_ISSUER": "FastOffice",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "FastOffice",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # whoever signs in types no address, so that none can be tried
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},  # no pepper: a new SECRET_KEY leaves passwords as they are
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=1),
        "SECURITY_FRESHNESS": timedelta(minutes=30),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_EMAIL_PLAINTEXT": False,  # texts are made by the outbox
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_DATETIME_FACTORY": clock.now,
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": str(TRANSLATIONS),
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
    }
