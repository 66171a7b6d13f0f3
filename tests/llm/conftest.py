"""The demo businesses at the desk of tests/agent."""

from __future__ import annotations

from tests.agent.conftest import desk, engine

__all__ = ["desk", "engine"]
