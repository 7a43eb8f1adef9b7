"""The clients' portal: coming in, looking, paying, asking."""

from fastoffice.blueprints.portal import entering
from fastoffice.blueprints.portal.base import blueprint

__all__ = ["blueprint", "entering"]
