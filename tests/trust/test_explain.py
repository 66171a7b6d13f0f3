"""Sentences: they say what is true of the state, in every language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from invekto.agent.trust.cell import CellState, begin
from invekto.agent.trust.decision import Override
from invekto.agent.trust.explain import LANGUAGES, Missing, explain, missing
from invekto.agent.trust.page import curve
from invekto.agent.trust.rules import Rules
from invekto.contracts.evidence import Risk, VerdictKind
from invekto.db.pool import Database
from invekto.records import overrides
from tests.conftest import TenantPair
from tests.trust.making import CELL, START, verdict
from tests.trust.test_cell import AT_ONCE, feed, ledger


def lacking(state: CellState) -> Missing:
    found = missing(state)
    assert found is not None
    return found


def test_what_is_missing_is_exactly_what_it_takes() -> None:
    made = ledger()
    state = feed(made, 1, 90)
    said = lacking(state)
    assert f"{said.clean} more unchanged approvals, or {said.with_one_wrong}" in explain(
        state, "en"
    )
    assert not feed(made, 90, 90 + said.clean - 1).levels[0].passed
    assert feed(made, 90 + said.clean - 1, 90 + said.clean).levels[0].passed


def test_what_is_missing_with_one_correction_is_exact_too() -> None:
    made = ledger()
    said = lacking(feed(made, 1, 90))
    feed(made, 90, 91, VerdictKind.REJECTED)
    assert not feed(made, 91, 90 + said.with_one_wrong - 1).levels[0].passed
    last = 90 + said.with_one_wrong
    assert feed(made, last - 1, last).levels[0].passed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_standing_has_a_sentence_without_braces(language: str) -> None:
    fresh = begin(0.02, 0.05, AT_ONCE.thresholds)
    made = ledger(Rules())
    states = [None, fresh, feed(made, 1, 60), feed(made, 60, 215), feed(made, 215, 400)]
    states.append(feed(made, 400, 401, VerdictKind.REJECTED))
    states.append(feed(made, 401, 402, VerdictKind.AUDIT_WRONG))
    sentences = [explain(state, language) for state in states]
    sentences += [
        explain(fresh, language, risk=Risk.HIGH),
        *(
            explain(fresh, language, overrides=[Override(kind, "Elif", "fuar haftası.")])
            for kind in ("kill", "pin_suggest", "pin_auto")
        ),
    ]
    assert all(one and not re.search(r"[{}]", one) for one in sentences)
    assert len(set(sentences)) >= len(sentences) - 1


def test_an_expired_pin_is_not_spoken_of() -> None:
    pin = Override("pin_auto", "Elif", "x", expires_at=START)
    assert "Elif" not in explain(None, "tr", overrides=[pin], now=START + timedelta(days=1))


async def test_the_page(db: Database, tenant_pair: TenantPair) -> None:
    from invekto.agent.trust import evidence

    now = START + timedelta(days=30)
    async with db.tenant(tenant_pair.ours) as conn:
        for n in range(40):
            kind = VerdictKind.EDITED_COSMETIC if n % 9 == 0 else VerdictKind.SENT_UNCHANGED
            await evidence.record_verdict(conn, verdict(n, kind, by="ayse"), Risk.LOW, now)
        await overrides.kill(conn, CELL.intent, by="Elif", reason="yeni fiyatlar", now=now)
        (page,) = await curve(conn, CELL.intent, "tr", now)
        assert await curve(conn, "warranty", "tr", now) == []
    assert page.sentence == "Elif otomatik yanıtları durdurdu: yeni fiyatlar"
    assert len(page.points) == 40
    assert page.points[-1].evidence[0] > page.points[25].evidence[0] >= 0
    assert page.missing is not None
    assert page.missing.settling == 24
