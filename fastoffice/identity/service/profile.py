"""What everybody may change about themselves."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from fastoffice.config import LANGUAGES
from fastoffice.errors import Refusal
from fastoffice.identity.models import User


def change_profile(user: User, *, name: str, language: str) -> None:
    """Set the user's own name and language. Raises Refusal naming the field."""
    if not name.strip():
        raise Refusal(_l("Please write your name."), field="full_name")
    if language not in LANGUAGES:
        raise Refusal(_l("Choose one of the languages."), field="language")
    user.full_name = name.strip()
    user.language = language
