"""The demo's past: deterministic, and its trust is what folding its own log gives."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from invekto.agent.trust.evidence import rebuild
from invekto.agent.trust.stored import read_state
from invekto.contracts.evidence import Cell, Path, Risk
from invekto.db.pool import Database
from invekto.demo.history.book import Book
from invekto.demo.history.played import Played, named
from invekto.demo.history.scenes import Scene, Story, read_stories
from invekto.demo.history.telling import DAYS, tell
from invekto.records import history, trust, trust_feed
from invekto.records.conversations import Contact
from tests.conftest import TenantPair

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
STORIES = read_stories()
EARNS, LOSES = (
    Scene("tr", 190, ("adresiniz nedir", "neredesiniz")),
    Scene("tr", 190, ("taksit var mı",), slips=((0.05, "rejected"), (0.95, "auto_wrong_customer"))),
)
STORY = Story(("emre", "rima"), "burcu", {"tr": ["Elif Kaya", "Onur Çelik"]}, (EARNS, LOSES))


def played(scene: Scene, intent: str) -> Played:
    """A reply as the graph would have given it."""
    return Played(
        scene=scene,
        contact=Contact("history", "whatsapp", "90500", "Deniz Aksoy"),
        text="Merhaba Deniz, buradayız: Kasım Sok. No: 14",
        tones={"short": "Kasım Sok. No: 14"},
        why={"results": []},
        intents=[intent],
        cell=Cell(intent, "tr", Path.PLAYBOOK, "b1"),
        risk=Risk.LOW,
        confidence=0.97,
        path="playbook",
        resolving=True,
        handover=None,
        milliseconds=12.0,
    )


PLAYED = [played(EARNS, "location"), played(LOSES, "payment_options")]


def told(tenant_id: str) -> Book:
    return tell(tenant_id, STORY, PLAYED, NOW, "Europe/Istanbul")


def test_the_same_story_is_told_twice() -> None:
    assert told("nehir-moda").rows == told("nehir-moda").rows
    assert told("nehir-moda").rows != told("inci-dis").rows


def test_everything_lies_in_the_past_and_in_order() -> None:
    rows = told("nehir-moda").rows
    moments = [m["sent_at"] for m in rows["messages"]]
    assert NOW - timedelta(days=DAYS + 1) < min(moments)
    assert max(m["sent_at"] for m in rows["messages"] if m["author"] == "customer") < NOW
    asked = {m["conversation_id"]: m["sent_at"] for m in rows["messages"] if m["seq"] == 1}
    replies = [m for m in rows["messages"] if m["seq"] == 2]
    assert len(replies) == len(asked) == 380
    assert all(r["sent_at"] > asked[r["conversation_id"]] for r in replies)


def test_autonomy_is_earned_and_lost_again() -> None:
    rows = told("nehir-moda").rows
    kinds = Counter((e["intent"], e["kind"]) for e in rows["trust_events"])
    assert kinds["location", "promoted"]
    assert not kinds["location", "fell"]
    assert kinds["payment_options", "fell"] == 1
    answered = {t["turn_id"] for t in rows["turns"] if t["outcome"] == "answered"}
    first = min(e["at"] for e in rows["trust_events"] if e["kind"] == "promoted")
    assert answered
    assert all(t["created_at"] > first for t in rows["turns"] if t["turn_id"] in answered)


async def test_stored_trust_is_what_its_log_folds_to(db: Database, tenant_pair: TenantPair) -> None:
    book = told(tenant_pair.ours)
    async with db.tenant(tenant_pair.ours) as conn:
        for table in history.TABLES:
            assert await history.put_rows(conn, table, book.rows[table]) == len(book.rows[table])
        assert await history.has_history(conn)
        cells = await trust.list_cells(conn)
        assert {c.cell.intent for c in cells} == {"location", "payment_options"}
        for stored in cells:
            folded = await rebuild(conn, stored.cell)
            assert folded is not None
            assert folded == read_state(stored.state)
        judged = {
            v["turn_id"] for v in book.rows["trust_verdicts"] if v["kind"] != "sent_unchanged"
        }
        waiting = [
            t["turn_id"] for t in book.rows["turns"]
            if t["outcome"] == "answered" and t["why"]["decision"]["audit"]
            and t["turn_id"] not in judged
        ]  # fmt: skip
        assert [a.turn_id for a in await trust_feed.audit_queue(conn)] == waiting
        assert await history.put_rows(conn, "turns", book.rows["turns"]) == 0
    async with db.tenant(tenant_pair.neighbour) as conn:
        assert not await history.has_history(conn)


async def test_no_history_is_put_elsewhere(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        with pytest.raises(ValueError, match="no history"):
            await history.put_rows(conn, "users", [{"user_id": "x"}])


@pytest.mark.parametrize("tenant", STORIES)
def test_stories_name_people_of_the_business(tenant: str, users: dict[str, dict[str, str]]) -> None:
    story, roles = STORIES[tenant], users[tenant]
    assert {roles[person] for person in story.people} == {"agent"}
    assert roles[story.checks] == "supervisor"
    assert {scene.language for scene in story.scenes} <= set(story.names)


@pytest.fixture(scope="module")
def users() -> dict[str, dict[str, str]]:
    """Roles by user by tenant."""
    from tests.demo.test_data import load

    found: dict[str, Any] = {name: load(name, "tenant")["users"] for name in STORIES}
    return {
        name: {row["email"].partition("@")[0]: row["role"] for row in rows}
        for name, rows in found.items()
    }


def test_a_reply_is_told_to_whoever_asked() -> None:
    assert named("Merhaba Deniz, hoş geldiniz", "tr", "Elif Kaya") == "Merhaba Elif, hoş geldiniz"
    assert named("Merhaba Deniz Aksoy", "tr", "Elif Kaya") == "Merhaba Elif Kaya"
