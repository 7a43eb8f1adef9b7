"""What a password must be."""

from __future__ import annotations

import unicodedata

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Refusal

SHORTEST = 10
LONGEST = 200
FEWEST_DIFFERENT = 5


def normal_form(password: str) -> str:
    """The same characters however the keyboard composed them ("í" or "i" and an accent): NFKD."""
    return unicodedata.normalize("NFKD", password)


def check_password(password: str, email: str) -> None:
    """Length and not a mere repetition or the address itself (NIST SP 800-63B: no rules of composition).

    Raises Refusal (field "password").
    """
    if len(password) > LONGEST:
        raise Refusal(_l("A password has at most %(count)s characters.", count=LONGEST), field="password")
    if len(password) < SHORTEST:
        raise Refusal(_l("A password has %(count)s characters or more.", count=SHORTEST), field="password")
    lowered = password.lower()
    if len(set(lowered)) < FEWEST_DIFFERENT or lowered in {email.lower(), email.split("@")[0].lower()}:
        raise Refusal(_l("This password is too easy to guess."), field="password")
