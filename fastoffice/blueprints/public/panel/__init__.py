"""The panel at a room's door: a paired device that shows now and next, books a few minutes, ends and extends.

What costs something is booked by somebody of a client with their PIN, and its price is said before it is confirmed;
a room that costs nobody anything is taken with one tap. Staying longer is for whoever booked, with its price.
"""

from fastoffice.blueprints.public.panel import acts, pages
from fastoffice.blueprints.public.panel.base import blueprint

__all__ = ["acts", "blueprint", "pages"]
