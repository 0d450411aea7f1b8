"""A security key made of software: it answers what a browser passes to a real one."""

import json
import os
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

USER_PRESENT, NEW_KEY = 0x01, 0x40


class SoftKey:
    """One key pair, and what it answers on a page of one host."""

    def __init__(self, host: str = "testserver") -> None:
        self.host, self.origin = host, f"https://{host}"
        self.id = os.urandom(16)
        self.private = ec.generate_private_key(ec.SECP256R1())

    def create(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.create``."""
        public = cbor.encode(ES256.from_cryptography_key(self.private.public_key()))
        length = len(self.id).to_bytes(2, "big")
        data = self.authenticator_data(USER_PRESENT | NEW_KEY) + bytes(16) + length + self.id
        attestation = {"fmt": "none", "attStmt": {}, "authData": data + public}
        return self.answer(
            clientDataJSON=self.client_data("webauthn.create", question),
            attestationObject=cbor.encode(attestation),
        )

    def get(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.get``."""
        data, client = (
            self.authenticator_data(USER_PRESENT),
            self.client_data("webauthn.get", question),
        )
        signed = data + sha256(client).digest()
        return self.answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=self.private.sign(signed, ec.ECDSA(SHA256())),
        )

    def authenticator_data(self, flags: int) -> bytes:
        """Return for which site the key answers, and with what."""
        return sha256(self.host.encode()).digest() + bytes([flags]) + bytes(4)

    def client_data(self, kind: str, question: dict[str, Any]) -> bytes:
        """Return what the browser adds: the question, and the page that it stood on."""
        challenge = question["publicKey"]["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def answer(self, **parts: bytes) -> dict[str, Any]:
        """Return an answer as a script sends it."""
        number = websafe_encode(self.id)
        return {
            "id": number,
            "rawId": number,
            "type": "public-key",
            "response": {name: websafe_encode(part) for name, part in parts.items()},
            "clientExtensionResults": {},
        }
