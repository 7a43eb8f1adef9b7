"""Secrets at rest: sealed under a key that is derived from SECRET_KEY for this purpose alone."""

from __future__ import annotations

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from fastoffice.payments.gateway.errors import GatewayAway


class SealBroken(GatewayAway):
    """It was sealed under another SECRET_KEY: the keys have to be entered again."""


def seal(text: str) -> str:
    """Text that only this installation can read."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises SealBroken."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("sealed under another SECRET_KEY") from error


def _box() -> Fernet:
    return _box_of(str(current_app.config["SECRET_KEY"]).encode())


@functools.lru_cache(maxsize=2)
def _box_of(secret: bytes) -> Fernet:
    """Derived once: every event that arrives asks for it."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"fastoffice card account").derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))
