"""Rooms on the staff's screen: what is free, the calendar, bookings one by one and in series, and their settings."""

from importlib import import_module

from fastoffice.blueprints.staff.rooms.base import blueprint

for _name in ("calendar", "booking", "series", "one", "feeds", "waiting", "ledger", "resources",
              "closures", "photos"):
    import_module(f"{__name__}.{_name}")

__all__ = ["blueprint"]
