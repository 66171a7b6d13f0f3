"""Neighbours and records/unanswered.py."""

from __future__ import annotations

from invekto.records import unanswered
from tests.neighbours import conversations

seed = conversations.seed
CALLS = {"waiting": lambda conn, ours: unanswered.waiting(conn, ours.conversation_id)}
EXEMPT: dict[str, str] = {}
