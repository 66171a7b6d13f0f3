"""What lets the rails pass over facts at once: where kins are disjoint, nothing is akin."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from invekto.guardrails.ground import Ground
from invekto.guardrails.wording import akin, kin, kins

letters = st.text("abm@n1", min_size=1, max_size=7)
sets = st.frozensets(letters, max_size=6)


@given(letters, letters)
@example("kargo", "kargonu")
@example("@ship", "@ship_to")
@example("mavi", "mavili")
@example("abc", "abcd")
def test_akin_terms_have_one_kin(left: str, right: str) -> None:
    assert not akin(left, right) or kin(left) == kin(right)


@given(sets, sets)
def test_disjoint_kins_mean_that_nothing_is_akin(
    left: frozenset[str], right: frozenset[str]
) -> None:
    if kins(left).isdisjoint(kins(right)):
        assert not any(akin(a, b) for a in left for b in right)


def test_every_statement_with_an_akin_term_is_looked_at_in_its_order() -> None:
    facts = ["kargo ücreti 49 TL", "iade 14 gün", "kargonuz Aras ile gider", "mağaza açık"]
    ground = Ground(facts, "tr")
    for term in ground.terms | {"kargon", "iade"}:
        by_hand = [c for c in ground.statements if any(akin(term, t) for t in c.terms)]
        found = ground.perhaps_about(frozenset({term}))
        assert [c for c in found if c in by_hand] == by_hand
