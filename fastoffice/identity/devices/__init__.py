"""Devices that stand in a branch without anybody behind them: the lobby's tablet (kiosk) and door panels (panel).

A manager makes a code, somebody types it at the device within five minutes, and the device has a token of its own in
a cookie of its own. It belongs to the branch, not to a person: passwords, roles and people change without it.
"""

from fastoffice.identity.devices.asking import COOKIES, ROOTS, current, enter, find, give_token, require, take_token
from fastoffice.identity.devices.models import Device, PairingCode
from fastoffice.identity.devices.queries import devices_of, unseen_since
from fastoffice.identity.devices.service import (
    LIFETIME,
    CodeOver,
    Offer,
    end_device,
    forget_codes,
    note_seen,
    offer_code,
    pair,
)

__all__ = [
    "COOKIES",
    "LIFETIME",
    "ROOTS",
    "CodeOver",
    "Device",
    "Offer",
    "PairingCode",
    "current",
    "devices_of",
    "end_device",
    "enter",
    "find",
    "forget_codes",
    "give_token",
    "note_seen",
    "offer_code",
    "pair",
    "require",
    "take_token",
    "unseen_since",
]
