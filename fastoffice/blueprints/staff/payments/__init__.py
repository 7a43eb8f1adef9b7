"""Payments: list, recording, page, cheques, and taking money back."""

from fastoffice.blueprints.staff.payments import cheques, credit, listing, page, recording, undoing
from fastoffice.blueprints.staff.payments.base import blueprint

__all__ = ["blueprint", "cheques", "credit", "listing", "page", "recording", "undoing"]
