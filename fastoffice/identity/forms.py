"""The forms of Flask-Security that we narrow."""

from __future__ import annotations

import json
from typing import Any

from flask_security.forms import LoginForm, TwoFactorRescueForm, TwoFactorSetupForm
from flask_security.utils import get_message
from flask_security.webauthn import WebAuthnRegisterForm, WebAuthnRegisterResponseForm
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice


class SignInForm(LoginForm):
    """Sign-in without "remember me": reception desks are shared."""

    remember = None


class SecondFactorForm(TwoFactorSetupForm):
    """Turn the second factor on (an app) or off."""

    setup = RadioField(choices=[SelectChoice("authenticator"), SelectChoice("disable")], validate_choice=False)


class HelpForm(TwoFactorRescueForm):
    """Part of the code's page; the page itself links to what helps."""

    help_setup = RadioField(choices=[SelectChoice("help")], validate_choice=False)


class PasskeyForm(WebAuthnRegisterForm):
    """A new passkey by its name; each opens the account by itself."""

    usage = HiddenField(default="first")

    def validate(self, **kwargs: Any) -> bool:
        """The name is free, whatever else was sent."""
        self.usage.data = "first"
        return bool(super().validate(**kwargs))


class NewPasskeyForm(WebAuthnRegisterResponseForm):
    """What the device made, as its browser tells it."""

    def validate(self, **kwargs: Any) -> bool:
        """Checked by the library; what it leaves as it was sent is checked here."""
        if not super().validate(**kwargs):
            return False
        if self.extensions is None or _is_short_json(self.extensions):
            return True
        self.credential.errors = [get_message("API_ERROR")[0]]
        return False


def _is_short_json(text: Any) -> bool:
    if not isinstance(text, str) or len(text) > 255:
        return False
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
