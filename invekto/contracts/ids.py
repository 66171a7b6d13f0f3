"""Identifiers that sort by the time they were made, so that indexes grow at one end."""

from __future__ import annotations

import secrets
import time


def new_id(prefix: str) -> str:
    """`prefix_` + 11 hex digits of milliseconds + 16 random ones, for instance `turn_0199…`."""
    return f"{prefix}_{time.time_ns() // 1_000_000:011x}{secrets.token_hex(8)}"
