"""The web chat's protocol: who a visitor is, without an account.

A visitor's token is `id.mac`; it is kept by the visitor's browser and is all that a conversation
can be read with. It expires with disuse at the browser, not here.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from invekto.errors import NotSignedIn

CHANNEL = "web"
TOKEN = re.compile(r"(wv_[0-9a-f]{32})\.([0-9a-f]{64})")
Mark = Callable[[bytes], bytes]
"""A keyed hash of 32 bytes."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a page; the id keys the contact."""

    visitor_id: str
    token: str


def new_visitor(account_id: str, mark: Mark) -> Visitor:
    """A visitor of an account's widget."""
    visitor_id = f"wv_{secrets.token_hex(16)}"
    return Visitor(visitor_id, f"{visitor_id}.{_mac(account_id, visitor_id, mark)}")


def known_visitor(account_id: str, token: str, mark: Mark) -> Visitor:
    """The visitor of a token.

    Raises:
        NotSignedIn: not one of this account's.
    """
    match = TOKEN.fullmatch(token)
    if match is None or not hmac.compare_digest(match[2], _mac(account_id, match[1], mark)):
        raise NotSignedIn("the visitor's token is not one of ours: begin anew")
    return Visitor(match[1], token)


def _mac(account_id: str, visitor_id: str, mark: Mark) -> str:
    return mark(f"{account_id}/{visitor_id}".encode()).hex()


def public_author(author: str) -> str:
    """How a message's author is shown to the visitor: you, assistant or person."""
    return {"customer": "you", "person": "person", "person_for_ai": "person"}.get(
        author, "assistant"
    )
