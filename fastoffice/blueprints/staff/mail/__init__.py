"""The mail room at the counter: logging, handing over, requests, calls."""

from fastoffice.blueprints.staff.mail import calls, clients, desk, handing, items, policy, requests
from fastoffice.blueprints.staff.mail.base import blueprint

__all__ = ["blueprint", "calls", "clients", "desk", "handing", "items", "policy", "requests"]
