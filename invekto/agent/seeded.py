"""Wrong drafts on purpose, where a tenant has opted in: how many errors do reviewers catch?

A seeded draft looks like any other and can never be sent: `verdicts.send` refuses it and puts the
right one in its place. What people did with it lowers the tolerated error that is tested
(`agent/trust/reviewers.py: caught_at_least`).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.trust.spoiling import spoilt
from invekto.contracts.ids import new_id
from invekto.records import trust, turns
from invekto.records.turns import Suggestion

Conn = AsyncConnection[Any]


async def perhaps_seeded(conn: Conn, suggestion: Suggestion, language: str) -> Suggestion:
    """The suggestion, or the same with one fact off, by a coin that was fixed before.

    Never one that proposes an action, and none where the tenant has not opted in.
    """
    settings = await trust.get_settings(conn)
    share = float(settings["seeded_share"]) if settings else 0.0
    if share <= 0 or suggestion.actions:
        return suggestion
    secret = (await trust.load_cells(conn, [])).secret
    digest = hashlib.sha256(f"{secret}\nseed\n{suggestion.turn_id}".encode()).digest()
    if int.from_bytes(digest[:8], "big") / 2**64 >= share:
        return suggestion
    found = spoilt(suggestion.reply_text, language, Random(digest))
    if found is None:
        return suggestion
    true_draft = {
        "text": suggestion.reply_text,
        "tones": suggestion.tones,
        "right": found.right,
        "wrong": found.wrong,
    }
    tones = {
        tone: text.replace(found.right, found.wrong)
        for tone, text in suggestion.tones.items()
        if text.count(found.right) == 1
    }
    return replace(
        suggestion, reply_text=found.text, tones=tones, seeded_error=True, true_draft=true_draft
    )


def overlooked(suggestion: Suggestion, text: str | None) -> bool:
    """Whether what a person would send still has the wrong fact in it."""
    if not suggestion.seeded_error:
        return False
    wrong = str((suggestion.true_draft or {}).get("wrong", ""))
    return text is None or not wrong or wrong in text


async def restore(conn: Conn, suggestion: Suggestion, now: datetime) -> str | None:
    """Put the right draft in the place of a seeded one that was judged; its id."""
    true_draft = suggestion.true_draft
    if true_draft is None:
        return None
    right = replace(
        suggestion,
        suggestion_id=new_id("sg"),
        reply_text=true_draft["text"],
        tones=true_draft["tones"],
        seeded_error=False,
        true_draft=None,
        status="open",
    )
    await turns.add_suggestion(conn, right, now)
    return right.suggestion_id
