"""Payments: list, recording, page, cheques, online attempts, the cash desk, and taking money back."""

from fastoffice.blueprints.staff.payments import (
    card_refunds,
    cheques,
    credit,
    desk,
    differences,
    listing,
    online,
    page,
    recording,
    undoing,
)
from fastoffice.blueprints.staff.payments.base import blueprint

__all__ = ["blueprint", "card_refunds", "cheques", "credit", "desk", "differences", "listing", "online", "page",
           "recording", "undoing"]
