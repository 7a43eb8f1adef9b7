"""The one form of Flask-Security that we narrow."""

from __future__ import annotations

from flask_security.forms import LoginForm


class SignInForm(LoginForm):
    """Sign-in without "remember me": reception desks are shared."""

    remember = None
