"""What the pages of clients share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint

from fastoffice import clock
from fastoffice.clients.models import Client
from fastoffice.identity import access

blueprint = Blueprint("clients", __name__, url_prefix="/staff/clients")


def today() -> date:
    """The day it is at the branch."""
    return clock.local_date(clock.now(), access.current_branch().timezone)


def client_of_branch(client_id: int) -> Client:
    """The current branch's client. Raises NotFound for any other."""
    return access.scoped(Client, client_id)
