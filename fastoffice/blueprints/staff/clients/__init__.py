"""Clients: list, file, editing, charges."""

from fastoffice.blueprints.staff.clients import charges, desk, editing, file, listing, portal
from fastoffice.blueprints.staff.clients.base import blueprint

__all__ = ["blueprint", "charges", "desk", "editing", "file", "listing", "portal"]
