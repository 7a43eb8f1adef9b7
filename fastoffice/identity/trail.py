"""What people change about their own access goes to the log, too."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_security.signals import password_changed, password_reset, tf_disabled, tf_profile_changed

from fastoffice.audit import Actor
from fastoffice.identity.service.users import note

_SIGNALS = (
    (password_changed, "user.password_changed"),
    (password_reset, "user.password_set"),
    (tf_profile_changed, "user.second_factor_on"),
    (tf_disabled, "user.second_factor_off"),
)


def init_app(app: Flask) -> None:
    """Listen to Flask-Security; it speaks inside the unit of work of the change."""
    for signal, action in _SIGNALS:
        signal.connect(_listener(action), app, weak=False)


def _listener(action: str) -> Any:
    def listen(_app: Flask, user: Any, **_more: Any) -> None:
        note(Actor(user.full_name or user.email, user.id), action, user, {})

    return listen
