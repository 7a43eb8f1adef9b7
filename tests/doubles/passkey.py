"""A device with a passkey: answers what the server asks as a browser's authenticator would, with real signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Device:
    """One phone at `origin`; `verifies` says whether it makes sure who holds it."""

    def __init__(self, origin: str = "http://localhost", *, verifies: bool = True) -> None:
        self.origin, self.flags = origin, PRESENT | (VERIFIED if verifies else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.handle, self.uses = secrets.token_bytes(16), b"", 0

    def create(self, options: dict[str, Any]) -> str:
        """A new key for this account, as navigator.credentials.create() gives it to the form."""
        self.handle = base64.urlsafe_b64decode(options["user"]["id"] + "==")
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        data = self._data(options["rp"]["id"], ATTESTED) + bytes(16) + len(self.id).to_bytes(2) + self.id + cose
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"attestationObject": _text(attestation), "transports": ["internal"],
                             "clientDataJSON": _text(self._client("webauthn.create", options))})

    def get(self, options: dict[str, Any]) -> str:
        """It is me, as navigator.credentials.get() gives it to the form."""
        self.uses += 1
        data, client = self._data(options["rpId"]), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"authenticatorData": _text(data), "clientDataJSON": _text(client),
                             "signature": _text(signature), "userHandle": _text(self.handle)})

    def _data(self, host: str, flags: int = 0) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([self.flags | flags]) + self.uses.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        return json.dumps({"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": response,
                           "extensions": json.dumps({"credProps": {"rk": True}})})
