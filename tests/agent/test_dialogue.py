"""Dialogue memory: what continues, what is new, what is left aside and taken up again."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from invekto.agent import dialogue as memory
from invekto.agent.intents.dialogue.amending import Good
from invekto.agent.intents.words import TenantWords
from invekto.agent.nodes.remember import remembered
from invekto.agent.nodes.requests import MAX_TASKS, requested
from invekto.agent.state import Asked, Dialogue, Task, TaskResult
from invekto.contracts.understanding import DialogueAnswer, IntentGuess, Understanding

BOOKING = Task("appointment_book", {"service": "muayene"}, Asked("day", "date"))


def understood(
    *intents: str, answer: DialogueAnswer | None = None, sure: bool = True
) -> Understanding:
    guesses = tuple(IntentGuess(name, 0.9) for name in intents)
    return Understanding("…", "tr", "…", guesses, guesses, sure, answer=answer)


def replied(intent: str) -> TaskResult:
    return TaskResult(intent, 0.9, "reply", {"friendly": "tamam"})


def asked(intent: str, slot: str) -> TaskResult:
    return TaskResult(intent, 0.9, "ask", {"friendly": "?"}, asked=Asked(slot, "text"))


def after(before: Dialogue, tasks: list[Task], results: list[TaskResult]) -> Dialogue:
    return remembered(before, tasks, results, understood(), TenantWords())


def test_what_is_remembered_survives_the_row_it_is_kept_in() -> None:
    goods = (Good("tsr-01", ("Tişört", "T-shirt"), 3, "XL", "black"),)
    kept = Dialogue(BOOKING, named={"product": ("tsr-01",)}, goods=goods, named_ago=1)
    assert memory.from_json(json.loads(json.dumps(memory.to_json(kept)))) == kept


def test_an_answer_goes_on_with_the_task_in_work() -> None:
    tasks = requested(
        understood(answer=DialogueAnswer("value", value="2026-11-26")), Dialogue(BOOKING)
    )
    assert tasks == [BOOKING]


def test_an_answer_with_a_new_request_does_both_in_order() -> None:
    heard = understood("price_query", answer=DialogueAnswer("option", index=1))
    assert [t.intent for t in requested(heard, Dialogue(BOOKING))] == [
        "appointment_book", "price_query",
    ]  # fmt: skip


def test_another_subject_leaves_the_task_aside() -> None:
    before = Dialogue(BOOKING)
    tasks = requested(understood("working_hours", answer=DialogueAnswer("other")), before)
    assert [t.intent for t in tasks] == ["working_hours"]
    assert after(before, tasks, [replied("working_hours")]).parked == BOOKING


def test_coming_back_to_it_keeps_what_was_gathered() -> None:
    before = Dialogue(task=None, parked=BOOKING)
    assert requested(understood("appointment_book"), before) == [BOOKING]


def test_a_finished_task_is_forgotten() -> None:
    before = Dialogue(BOOKING)
    assert after(before, [BOOKING], [replied("appointment_book")]) == Dialogue()


def test_the_question_that_waits_is_remembered_with_its_slots() -> None:
    left = after(Dialogue(), [Task("order_cancel")], [asked("order_cancel", "order")])
    assert left.task is not None
    assert left.task.asked == Asked("order", "text")


def test_an_answer_to_did_you_mean_names_the_task() -> None:
    options = ({"key": "cargo_tracking"}, {"key": "order_status"})
    before = Dialogue(Task("cargo_tracking", {}, Asked("intent", "choose", options)))
    tasks = requested(understood(answer=DialogueAnswer("option", index=1)), before)
    assert [t.intent for t in tasks] == ["order_status"]


def test_not_understood_well_enough_is_no_task() -> None:
    both = understood("price_query", "package_query", sure=False)
    assert requested(both, Dialogue()) == []


def test_more_requests_than_a_turn_holds() -> None:
    names = ("price_query", "location", "working_hours", "campaign_query")
    assert len(requested(understood(*names), Dialogue())) == MAX_TASKS


slots = st.dictionaries(st.text(max_size=8), st.text(max_size=8) | st.integers() | st.none())
questions = st.none() | st.builds(Asked, st.text(max_size=8), st.text(max_size=8))
tasks = st.none() | st.builds(Task, st.text(min_size=1, max_size=8), slots, questions)


@given(st.builds(Dialogue, tasks, tasks, st.integers(0, 3)))
def test_memory_survives_the_column(dialogue: Dialogue) -> None:
    assert memory.from_json(json.loads(json.dumps(memory.to_json(dialogue)))) == dialogue


def test_an_older_shape_is_forgotten_not_misread() -> None:
    assert memory.from_json({"task": {"slots": {}}}) == Dialogue()
    assert memory.from_json({}) == Dialogue()
