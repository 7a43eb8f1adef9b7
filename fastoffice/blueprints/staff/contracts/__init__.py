"""Contracts: list, page, writing, their life, services and prices."""

from fastoffice.blueprints.staff.contracts import editing, life, lines, listing, page, prices
from fastoffice.blueprints.staff.contracts.base import blueprint

__all__ = ["blueprint", "editing", "life", "lines", "listing", "page", "prices"]
