"""The main product's public keys, fetched when a token names one that is not known yet."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import httpx
import jwt

from invekto.errors import NotSignedIn, TryAgain

FRESH_SECONDS = 600.0
"""After this long the keys are fetched again, so that a withdrawn one dies."""
PAUSE_SECONDS = 10.0
"""Unknown key ids cause at most one look-up in this time."""


@dataclass(slots=True)
class KeySet:
    """A cache of one JWKS document."""

    keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    fetched_at: float = -FRESH_SECONDS
    tried_at: float = -PAUSE_SECONDS
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, key_id: str, url: str, http: httpx.AsyncClient) -> jwt.PyJWK:
        """The key of this id.

        Raises:
            NotSignedIn: the document has no such key.
            TryAgain: the document could not be fetched, and nothing is known from before.
        """
        now = time.monotonic()
        if key_id not in self.keys or now - self.fetched_at > FRESH_SECONDS:
            async with self.lock:
                if now - self.tried_at >= PAUSE_SECONDS:
                    self.tried_at = now
                    await self._fetch(url, http)
        if key_id not in self.keys:
            raise NotSignedIn("the token was signed with a key that is not published")
        return self.keys[key_id]

    async def _fetch(self, url: str, http: httpx.AsyncClient) -> None:
        try:
            answer = await http.get(url, timeout=5.0)
            answer.raise_for_status()
            found = jwt.PyJWKSet.from_dict(answer.json())
        except (httpx.HTTPError, ValueError, jwt.PyJWTError) as error:
            if not self.keys:
                raise TryAgain(f"the signing keys at {url} cannot be read: {error}") from error
            return
        self.keys = {key.key_id: key for key in found.keys if key.key_id}
        self.fetched_at = time.monotonic()
