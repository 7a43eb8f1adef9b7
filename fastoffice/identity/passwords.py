"""Our rules inside Flask-Security: what a password must be, that a code works once, which passkeys we take."""

from __future__ import annotations

from typing import Any

from flask_security.password_util import PasswordUtil
from flask_security.totp import Totp
from flask_security.utils import get_message, verify_password
from flask_security.webauthn_util import WebauthnUtil
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fastoffice.errors import Refusal
from fastoffice.identity.rules import LONGEST, check_password, normal_form


class HousePasswords(PasswordUtil):
    """The same rule for passwords that people set and those that the command line sets."""

    def normalize(self, password: str) -> str:
        """As it is compared; of one that is longer than any may be, no more than shows it."""
        return str(super().normalize(password))[:LONGEST + 1]

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002
        """(messages or None, the normalised password)."""
        normal = normal_form(password)
        user = kwargs.get("user")
        try:
            check_password(normal, user.email if user else "")
        except Refusal as refusal:
            return [str(refusal)], normal
        if user and user.password and verify_password(normal, user.password):
            return [get_message("PASSWORD_IS_THE_SAME")[0]], normal
        return None, normal


class OneUseCodes(Totp):
    """A code that was accepted is not accepted again, not even within its thirty seconds."""

    def get_last_counter(self, user: Any) -> int | None:
        """The time step of the last code accepted from this user."""
        return user.tf_last_counter if user.tf_totp_secret else None

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the time step of the code that was just accepted."""
        user.tf_last_counter = tmatch.counter


class HousePasskeys(WebauthnUtil):
    """Passkeys of phones and computers as well as of sticks; the device makes sure who holds it (PIN, finger, face)."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002
        """One that the device finds by itself and opens for its owner alone."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED)

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:  # noqa: ARG002
        """Always: a passkey stands for a password and more."""
        return UserVerificationRequirement.REQUIRED
