"""What the business has only in another language: quoted under a line of the customer's own, for
a person to look at."""

from __future__ import annotations

import pytest

from invekto.contracts.guard import Outcome
from tests.agent.conftest import EMMA, ZAINAB, Desk


@pytest.mark.parametrize(
    ("phone", "question", "line", "told"),
    [
        (ZAINAB, "كيف اغسل الصوف", "باللغة التركية", "yün şampuanı"),
        (EMMA, "how do i remove a blood stain from my dress", "in Turkish", "Soğuk tuzlu su"),
    ],
)
async def test_a_source_in_another_language_is_suggested_under_a_line(
    desk: Desk, phone: str, question: str, line: str, told: str
) -> None:
    answer = await desk.say("nehir-moda", phone, question)
    assert answer.committed.outcome == "suggested"
    before, quoted, *_ = answer.reply.split("\n\n")
    assert line in before
    assert told in quoted
    guard = answer.worked.state.guard
    assert guard is not None
    assert guard.outcome is Outcome.ASK_PERSON, "never sent by itself"
