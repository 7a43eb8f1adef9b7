"""The lobby on reception's screen: the board, registering, history, lists, and what is wanted of people's data."""

from importlib import import_module

from fastoffice.blueprints.staff.visits.base import blueprint

for _name in ("board", "registering", "one", "history", "invitations", "blocked", "people", "notices", "lobby"):
    import_module(f"{__name__}.{_name}")

__all__ = ["blueprint"]
