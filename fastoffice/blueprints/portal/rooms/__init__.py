"""The client's rooms: what is free, booking once or often, changing, waiting, hours, and their calendar."""

from fastoffice.blueprints.portal.rooms import booking, calendar, changing, first, hours, one, series, waiting

__all__ = ["booking", "calendar", "changing", "first", "hours", "one", "series", "waiting"]
