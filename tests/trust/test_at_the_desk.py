"""Trust at the desk: what people do with real drafts of the real engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from psycopg.types.json import Jsonb

from invekto.agent.handling import Handled
from invekto.agent.seeded import overlooked, perhaps_seeded
from invekto.agent.verdicts import Person, reject, send
from invekto.errors import Conflict
from invekto.knowledge.faqs import authors_of
from invekto.records import trust, turns
from tests.agent.conftest import Desk, desk, engine  # noqa: F401 - fixtures

AGENT = Person("ayse", "agent", "Ayşe")


async def test_a_superseded_draft_cannot_be_judged(desk: Desk) -> None:  # noqa: F811
    first = await desk.say("nehir-moda", "+905550006001", "kargo ücreti ne kadar")
    await desk.say("nehir-moda", "+905550006001", "kargo ücreti ne kadar???")
    deps = desk.engine.deps
    with pytest.raises(Conflict, match="stale"):
        await send(
            deps, desk.engine.shelf, "nehir-moda", str(first.committed.suggestion_id),
            Person("ayse", "agent"),
        )  # fmt: skip


async def test_authors_are_found_through_the_sources_of_the_turn(desk: Desk) -> None:  # noqa: F811
    deps, shelf = desk.engine.deps, desk.engine.shelf
    handled = await desk.say("nehir-moda", "+905550006002", "kargo ücreti ne kadar")
    draft = str(handled.committed.suggestion_id)
    async with deps.database.tenant("nehir-moda") as conn:
        turn = await turns.get_turn(conn, handled.committed.turn_id)
        source = turn.why["sources"][0]["document"]
        await conn.execute("UPDATE faqs SET approved_by = 'pinar' WHERE faq_id = %s", [source])
        assert await authors_of(conn, [source]) == ["pinar"]
        assert await authors_of(conn, []) == []
        await turns.mark_shown(conn, draft, deps.clock())
    await send(deps, shelf, "nehir-moda", draft, Person("pinar", "knowledge_manager"))
    async with deps.database.tenant("nehir-moda") as conn:
        cell = next(c.cell for c in await trust.list_cells(conn, turn.intents[0]))
        (judged,) = [
            row for row in await trust.list_verdicts(conn, cell) if row.verdict.by == "pinar"
        ]
    assert (judged.counted, judged.why) == ("nothing", "own_source")


async def _seed(desk: Desk, handled: Handled) -> turns.Suggestion:  # noqa: F811
    """The open draft, made a seeded one as `commit` would."""
    async with desk.engine.deps.database.tenant("nehir-moda") as conn:
        draft = await turns.get_suggestion(conn, str(handled.committed.suggestion_id))
        await trust.save_settings(conn, seeded_share=0.10)
        tries = [
            await perhaps_seeded(conn, replace(draft, turn_id=f"t{n}"), "tr") for n in range(300)
        ]
        seeded = next(one for one in tries if one.seeded_error)
        assert 5 < sum(one.seeded_error for one in tries) < 60
        await conn.execute(
            "UPDATE suggested_replies SET reply_text = %s, tones = %s, seeded_error = true,"
            " true_draft = %s, shown_at = now() WHERE suggestion_id = %s",
            [seeded.reply_text, Jsonb(seeded.tones), Jsonb(seeded.true_draft), draft.suggestion_id],
        )
        await trust.save_settings(conn, seeded_share=0.0)
        return await turns.get_suggestion(conn, draft.suggestion_id)


async def _queued(desk: Desk, handled: Handled) -> int:  # noqa: F811
    conversation = handled.worked.state.turn.conversation.conversation_id
    async with desk.engine.deps.database.tenant("nehir-moda") as conn:
        found = await conn.execute(
            "SELECT count(*) FROM outbound_messages WHERE conversation_id = %s AND kind = 'reply'",
            [conversation],
        )
        row = await found.fetchone()
    return int(row[0]) if row else 0


async def test_sent_as_it_is_it_is_not_sent_and_the_right_one_stands_in_its_place(
    desk: Desk,  # noqa: F811
) -> None:
    deps, shelf = desk.engine.deps, desk.engine.shelf
    handled = await desk.say("nehir-moda", "+905550005001", "kargo ücreti ne kadar")
    seeded = await _seed(desk, handled)
    with pytest.raises(Conflict, match="wrong on purpose") as refused:
        await send(deps, shelf, "nehir-moda", seeded.suggestion_id, AGENT)
    assert await _queued(desk, handled) == 0
    right = str(refused.value.detail["newer"])
    async with deps.database.tenant("nehir-moda") as conn:
        record = await trust.get_reviewer(conn, AGENT.user_id)
        draft = await turns.get_suggestion(conn, right)
    assert record is not None
    assert (record["seeded"], record["caught"]) == (1, 0)
    assert draft.reply_text == (seeded.true_draft or {})["text"]
    sent = await send(deps, shelf, "nehir-moda", right, AGENT)
    assert sent.text == draft.reply_text
    assert await _queued(desk, handled) == 1


async def test_corrected_or_rejected_it_is_caught(desk: Desk) -> None:  # noqa: F811
    deps, shelf = desk.engine.deps, desk.engine.shelf
    first = await desk.say("nehir-moda", "+905550005002", "kargo ücreti ne kadar")
    seeded = await _seed(desk, first)
    by = Person("burcu", "agent", "Burcu")
    right = str((seeded.true_draft or {})["text"])
    assert overlooked(seeded, seeded.reply_text + " 🌸")
    sent = await send(deps, shelf, "nehir-moda", seeded.suggestion_id, by, text=right)
    assert (sent.text, sent.verdict) == (right, "edited_material")
    second = await desk.say("nehir-moda", "+905550005003", "kargo ücreti ne kadar")
    other = await _seed(desk, second)
    await reject(deps, "nehir-moda", other.suggestion_id, by, "saat yanlış")
    async with deps.database.tenant("nehir-moda") as conn:
        record = await trust.get_reviewer(conn, by.user_id)
        again = await turns.open_suggestion(conn, other.conversation_id)
    assert record is not None
    assert (record["seeded"], record["caught"]) == (2, 2)
    assert again is not None
    assert again.reply_text == (other.true_draft or {})["text"]
