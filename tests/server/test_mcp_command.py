"""`invekto mcp`: who is answered. What is answered stands in tests/tools/test_adapters.py."""

from __future__ import annotations

from invekto.server.mcp import allowed_hosts
from invekto.settings import Settings


def test_this_machine_and_the_public_address_are_answered() -> None:
    chosen = Settings(public_url="https://api.shop.example")
    assert allowed_hosts(chosen, "10.0.0.5", 8011) == [
        "10.0.0.5:8011", "127.0.0.1:8011", "api.shop.example", "localhost:8011",
    ]  # fmt: skip
