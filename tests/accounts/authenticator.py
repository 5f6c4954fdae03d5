"""A small authenticator in software: real keys, real COSE and CBOR, real signatures; every field can be made wrong."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from crypto.canonical import b64

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey of one site."""

    host: str
    origin: str
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(32))

    def make(self, challenge: bytes, **wrong: Any) -> dict[str, Any]:
        """What navigator.credentials.create() gives."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(ATTESTED, **wrong) + attested
        return self._written(
            {
                "clientDataJSON": b64(self._client("webauthn.create", challenge, **wrong)),
                "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            }
        )

    def sign(self, challenge: bytes, **wrong: Any) -> dict[str, Any]:
        """What navigator.credentials.get() gives; the counter goes on by one unless `count` is given."""
        self.count = wrong.get("count", self.count + 1)
        client, data = self._client("webauthn.get", challenge, **wrong), self._data(0, **wrong)
        signature = wrong.get("signer", self.key).sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
        }
        return self._written(response)

    def _client(self, kind: str, challenge: bytes, **wrong: Any) -> bytes:
        told = {"type": wrong.get("told", kind), "challenge": b64(wrong.get("asked", challenge))}
        return json.dumps({**told, "origin": wrong.get("origin", self.origin)}).encode()

    def _data(self, more: int, **wrong: Any) -> bytes:
        flags = wrong.get("flags", USER_PRESENT | USER_VERIFIED) | more
        host = wrong.get("host", self.host)
        return sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _written(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}
