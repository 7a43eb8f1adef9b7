"""The forms of Flask-Security that we narrow."""

from __future__ import annotations

from flask_security.forms import LoginForm, TwoFactorRescueForm, TwoFactorSetupForm
from wtforms import RadioField
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
