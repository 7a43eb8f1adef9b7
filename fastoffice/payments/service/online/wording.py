"""What the processor's page and our log say of an attempt, in the branch's or the client's language."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice.branches.models import Branch


def hold_reason(branch: Branch) -> str:
    """Why the deadline waits."""
    with force_locale(branch.language):
        return str(_("Online payment under way"))


def line(number: str, language: str) -> str:
    """What the page calls a document."""
    with force_locale(language):
        return str(_("Invoice %(number)s", number=number))


def taken_by(branch: Branch) -> str:
    """Who took the money, as the receipt says it."""
    with force_locale(branch.language):
        return str(_("Online payment"))


def dispute_lost(branch: Branch) -> str:
    """Why a payment was taken back; the client reads it."""
    with force_locale(branch.language):
        return str(_("The card's bank gave this payment back to the cardholder"))
