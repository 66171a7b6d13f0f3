"""Secrets at rest: AES-256-GCM under a key derived from the secret key.

A sealed value is `1 byte version ‖ 12 bytes nonce ‖ ciphertext with tag`, bound to what it is for:
a value that was moved to another row does not open.
"""

from __future__ import annotations

import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from invekto.db.roles import previous_key, root_key
from invekto.errors import OperatorNeeded
from invekto.settings import Settings

VERSION = b"\x01"
NONCE = 12  # bytes


class Sealer:
    """Seals with the newest key, opens with any of them."""

    def __init__(self, *keys: bytes) -> None:
        self._roots = keys
        self._ciphers = [AESGCM(_derived(key, b"invekto sealing")) for key in keys]

    @classmethod
    def from_settings(cls, settings: Settings) -> Sealer:
        """The secret key of the settings, and the previous one while it is being rotated."""
        previous = previous_key(settings)
        return cls(root_key(settings), *([previous] if previous else []))

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """`purpose` names tenant and use, such as `nehir-moda/channel`; opening needs the same."""
        nonce = os.urandom(NONCE)
        return VERSION + nonce + self._ciphers[0].encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes.

        Raises:
            OperatorNeeded: the secret key changed and the previous one is not known.
        """
        nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, body, purpose.encode())
            except InvalidTag:
                continue
        raise OperatorNeeded(
            f"a stored secret ({purpose}) does not open: set INVEKTO_SECRET_KEY_PREVIOUS to the "
            "key it was sealed with"
        )

    def seal_json(self, value: Any, purpose: str) -> bytes:
        """Seal a small JSON value."""
        return self.seal(json.dumps(value).encode(), purpose)

    def open_json(self, sealed: bytes, purpose: str) -> Any:
        """Open what `seal_json` sealed. Raises OperatorNeeded."""
        return json.loads(self.open(sealed, purpose))

    def mark(self, value: bytes, purpose: str) -> bytes:
        """A keyed hash (32 bytes) that only holders of the newest key can make."""
        return hmac.digest(
            _derived(self._roots[0], b"invekto marking"), purpose.encode() + b"\0" + value, "sha256"
        )

    def fingerprints(self) -> list[str]:
        """What the keys can be told apart by, newest first; nothing can be opened with it."""
        return [_derived(root, b"invekto fingerprint").hex()[:16] for root in self._roots]


def _derived(root: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=use).derive(root)
