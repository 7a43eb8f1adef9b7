"""Secrets of links, codes and badges: made from a nonce under SECRET_KEY whenever they are needed, stored by hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Literal

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

Purpose = Literal["host-call", "invitation", "invitation-code", "badge", "legal-notice"]
TOKEN_BYTES = 18
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that are taken for one another
CODE_LENGTH = 8
HOST_LIVES = 86_400  # seconds


def new_nonce() -> str:
    return secrets.token_hex(16)


def token_of(purpose: Purpose, nonce: str) -> str:
    """The secret of a link: 144 bits."""
    return base64.urlsafe_b64encode(_digest(purpose, nonce)[:TOKEN_BYTES]).decode()


def code_of(purpose: Purpose, nonce: str) -> str:
    """A code that people type: "K7QX2MPB"."""
    number, letters = int.from_bytes(_digest(purpose, nonce)[:8]), []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[place])
    return "".join(letters)


def spoken(code: str) -> str:
    """"K7QX-2MPB"."""
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> str:
    """What a scanner read or somebody typed, as it was made: the end of an address, a code without its dash."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    plain = "".join(char for char in last if char.isalnum()).upper()
    return plain if len(plain) == CODE_LENGTH else last[:64]


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def seal_host(branch_id: int, client_id: int, contact_id: int | None) -> str:
    """Whom a visitor means, for the tablet to hand back."""
    return str(_hosts().dumps([branch_id, client_id, contact_id]))


def open_host(branch_id: int, sealed: str) -> tuple[int, int | None] | None:
    """(client, contact) of what `seal_host` made for this branch today; None for anything else."""
    try:
        branch, client, contact = _hosts().loads(sealed, max_age=HOST_LIVES)
    except (BadData, ValueError, TypeError):
        return None
    return (client, contact) if branch == branch_id else None


def _hosts() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="visit-host")


def _digest(purpose: Purpose, nonce: str) -> bytes:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
