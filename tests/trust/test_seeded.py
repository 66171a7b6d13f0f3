"""Wrong drafts on purpose: one fact off, never delivered, and what catching them does to ε."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from invekto.agent.edits import judge_edit
from invekto.agent.handling import Handled
from invekto.agent.seeded import overlooked, perhaps_seeded
from invekto.agent.trust.reviewers import Team, caught_at_least
from invekto.agent.trust.spoiling import spoilt
from invekto.agent.verdicts import Person, reject, send
from invekto.errors import Conflict
from invekto.records import trust, turns
from tests.agent.conftest import Desk, desk, engine  # noqa: F401 - fixtures

AGENT = Person("ayse", "agent", "Ayşe")
DRAFTS = [
    ("tr", "Bugün 09.00–18.30 arası buradayız."),
    ("tr", "Kargo ücretimiz 59,90 TL, 750 TL ve üzeri siparişlerde kargo bizden."),
    ("tr", "Teslimden itibaren 14 gün içinde iade edebilirsiniz."),
    ("tr", "Randevunuz 26 Kasım Perşembe 15.15 için."),
    ("en", "We are open 09:00–18:30 today."),
    ("en", "Your parcel arrives on 27 November."),
    ("ar", "رسوم الشحن 59.90 ليرة."),
]


@pytest.mark.parametrize(("language", "text"), DRAFTS)
@pytest.mark.parametrize("seed", range(5))
def test_one_fact_is_off_and_an_attentive_reader_can_see_it(
    language: str, text: str, seed: int
) -> None:
    found = spoilt(text, language, Random(seed))
    assert found is not None
    assert text.count(found.right) == 1
    assert found.text == text.replace(found.right, found.wrong)
    assert found.wrong not in text
    assert judge_edit(found.text, text, language).material


@pytest.mark.parametrize(
    "text",
    ["", "Rica ederim 🌸", "Takip numaranız: 2750470425118", "https://harita.example/18.30"],
)
def test_without_a_fact_there_is_nothing_to_spoil(text: str) -> None:
    assert spoilt(text, "tr", Random(1)) is None


@given(st.text(alphabet="0123456789.,:- TLgünKasım Ocak açığız", max_size=60), st.integers(0, 9))
def test_no_text_breaks_it_and_no_change_is_cosmetic(text: str, seed: int) -> None:
    found = spoilt(text, "tr", Random(seed))
    assert found is None or judge_edit(found.text, text, "tr").material


def test_who_misses_them_is_tested_against_less() -> None:
    assert caught_at_least(Team(seeded=0)) == 1.0
    assert caught_at_least(Team(seeded=20, caught=20)) > caught_at_least(Team(seeded=20, caught=10))
    assert caught_at_least(Team(seeded=20, caught=10)) < 0.5


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
