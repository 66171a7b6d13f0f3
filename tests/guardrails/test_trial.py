"""A policy tried on replies already sent."""

from __future__ import annotations

from dataclasses import replace

from invekto.guardrails.rails import ReplyUnderCheck, sector_policy
from invekto.guardrails.trial import try_policy

CURRENT = sector_policy("ecommerce")


def sent(text: str) -> ReplyUnderCheck:
    return ReplyUnderCheck(text, "tr", "question", "ecommerce")


def test_a_new_phrase_stops_what_has_it() -> None:
    draft = replace(CURRENT, banned=(*CURRENT.banned, "stokta var"))
    replies = [sent("Bu ürün stokta var, bugün kargolarız."), sent("Merhaba, size nasıl yardım?")]
    trial = try_policy(draft, CURRENT, replies)
    assert (trial.checked, trial.stopped, trial.released) == (2, 1, 0)
    assert trial.reasons == {"banned_phrase": 1}
    assert trial.stopped_examples[0].text == replies[0].text


def test_a_higher_limit_releases() -> None:
    replies = [sent("Bu hafta yüzde 40 indirim var.")]
    draft = replace(CURRENT, max_discount=100)
    strict = replace(CURRENT, max_discount=5)
    assert try_policy(draft, strict, replies).released == 1


def test_the_same_policy_changes_nothing_and_nothing_sent_is_nothing() -> None:
    assert try_policy(CURRENT, CURRENT, [sent("Yüzde 40 indirim")]).stopped == 0
    assert try_policy(CURRENT, CURRENT, []).checked == 0
