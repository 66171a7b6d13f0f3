"""Replay: the file as businesses export it, the comparison, what would be earned, and no trace."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.assembly import Engine
from invekto.agent.shadow import version_named
from invekto.agent.trust.rules import Rules
from invekto.contracts.evidence import Cell, Risk
from invekto.contracts.evidence import Path as AnswerPath
from invekto.errors import BadData, BadRequest, NotFound
from invekto.evals.replay.autonomy import Drafted, earn
from invekto.evals.replay.likeness import Likeness, compare
from invekto.evals.replay.past import read_past
from invekto.evals.replay.replaying import replay_file
from invekto.evals.replay.staging import exchanges
from invekto.evals.replay.telling import headline
from invekto.evals.report import Report
from invekto.records import behaviour
from tests.conftest import TestDatabase
from tests.evals.conftest import House

ISTANBUL = ZoneInfo("Europe/Istanbul")
WHEN = datetime(2026, 11, 23, 10, tzinfo=ISTANBUL)
SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "replay" / "nehir-moda.csv"


def test_turkish_headings_moments_and_phones() -> None:
    past = read_past("k.csv", SAMPLE.read_bytes(), ISTANBUL)
    assert len(past.conversations) == 16
    assert [p["line"] for p in past.problems] == [34]
    assert "temsilsi" in past.problems[0]["problem"]
    first = past.conversations[0]
    assert (first.phone, first.name) == ("+905550007101", "Gül Ersoy")
    assert first.messages[0].at == datetime(2026, 11, 23, 10, 2, tzinfo=ISTANBUL)
    assert [m.author for m in first.messages] == ["customer", "person"]
    assert first.messages[1].agent == "Emre"


ROWS = [
    {"conversation": "a", "at": "2026-11-23T10:00:00+03:00", "from": "customer", "text": "hi"},
    {"conversation": "a", "at": "2026-11-23T10:01:00+03:00", "from": "agent", "text": "hello"},
]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        "\n".join(json.dumps(row) for row in ROWS),
        json.dumps([{"conversation": "a", "messages": ROWS}]),
        json.dumps({"id": 1, "mesajlar": [{**r, "conversation": "a"} for r in ROWS]}),
        "conversation,at,from,text\n" + "\n".join(",".join(r.values()) for r in ROWS),
        "﻿conversation\tat\tfrom\ttext\r\n" + "\r\n".join("\t".join(r.values()) for r in ROWS),
    ],
)
def test_the_forms_of_a_file_say_the_same(text: str) -> None:
    (found,) = read_past("x", text.encode(), ISTANBUL).conversations
    assert [(m.author, m.text) for m in found.messages] == [("customer", "hi"), ("person", "hello")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no usable message|lacks a column"),
        (b"a;b\n1;2", "lacks a column for at .*author .*text"),
        (b"at;from;text\n??;customer;x", "no usable message"),
        (b"\x00\x01\x02\x80", "is no text"),
        (b"[1, 2]", "no usable message"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[\n" * 20_000, "nested too deeply|no usable message"),
        (b"at;from;text\n0001-01-01;customer;x\n9999-12-31;customer;x", "not of this time"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(data: bytes, said: str) -> None:
    with pytest.raises(BadData, match=said):
        read_past("x.csv", data, ISTANBUL)


@given(
    st.text(max_size=200), st.sampled_from(["", "at,from,text\n", "[", "{", "at;from;text\n2026"])
)
def test_no_file_breaks_the_reader(text: str, begin: str) -> None:
    try:
        past = read_past("x", (begin + text).encode("utf-8", "ignore"), ISTANBUL)
    except BadData:
        return
    for conversation in past.conversations:
        list(exchanges(conversation))


def test_halves_of_characters_are_dropped() -> None:
    text = json.dumps([{**ROWS[0], "text": "selam \ud800", "conversation": "k\ud800"}])
    (found,) = read_past("x", text.encode(), ISTANBUL).conversations
    assert (found.key, found.messages[0].text) == ("k", "selam")


def test_a_windows_file_and_one_phone_in_two_conversations() -> None:
    text = (
        "tarih;gönderen;mesaj;telefon\n"
        "01.10.2026 10:00;müşteri;açık mısınız;05551112233\n"
        "20.10.2026 10:00;müşteri;şimdi açık mısınız;+90 555 111 22 33\n"
    )
    past = read_past("x.csv", text.encode("cp1254"), ISTANBUL)
    assert [c.messages[0].text for c in past.conversations] == [
        "açık mısınız",
        "şimdi açık mısınız",
    ]
    assert {c.phone for c in past.conversations} == {"+905551112233"}


def test_exchanges_end_where_the_business_answers() -> None:
    rows = [
        ("10:00", "customer", "bir"), ("10:01", "customer", "iki"), ("10:02", "bot", "otomatik"),
        ("10:05", "agent", "cevap"), ("10:06", "agent", "devamı"), ("10:09", "customer", "üç"),
    ]  # fmt: skip
    text = "at,from,text,conversation\n" + "\n".join(
        f"2026-11-23 {at},{who},{what},k" for at, who, what in rows
    )
    (found,) = read_past("x.csv", text.encode(), ISTANBUL).conversations
    told = [(e.text, e.reply) for e in exchanges(found)]
    assert told == [("bir\niki", "cevap\ndevamı"), ("üç", None)]


@pytest.mark.parametrize(
    ("draft", "reply", "expected"),
    [
        ("Bugün 18.30'a kadar açığız.", "Merhaba, bugün 18.30'a kadar açığız :)", Likeness.SAME),
        (
            "Paketiniz Aras Kargo ile yolda. Takip numaranız: 2750470425118, tahmini gün 26 Kasım.",
            "Kargonuz Aras'ta, takip no 2750470425118",
            Likeness.AGREES,
        ),
        ("Cumartesi 10.00'da açıyoruz.", "Cumartesi 11.00'de açıyoruz.", Likeness.DIFFERS),
        ("29 Kasım Pazar kapalıyız.", "Maalesef pazar günü kapalıyız.", Likeness.AGREES),
        ("Kargo ücreti 59,90 TL.", "Kargo ücreti 49,90 TL.", Likeness.DIFFERS),
        ("Evet, stoğumuzda var.", "Maalesef stoğumuzda yok.", Likeness.DIFFERS),
        ("We do not ship abroad.", "Yes, we ship abroad.", Likeness.DIFFERS),
        ("Siparişiniz kargoya verildi.", "Hemen bakıyorum efendim", Likeness.UNCLEAR),
    ],
)
def test_what_counts_as_saying_the_same(draft: str, reply: str, expected: Likeness) -> None:
    language = "en" if "ship" in draft else "tr"
    assert compare(draft, reply, language, WHEN).likeness is expected


@given(st.text(max_size=80), st.sampled_from(["tr", "en", "ar"]))
def test_a_text_says_the_same_as_itself(text: str, language: str) -> None:
    assert compare(text, text, language, WHEN).likeness is Likeness.SAME


CELL = Cell("working_hours", "tr", AnswerPath.PLAYBOOK, "v1")


def _drafts(count: int, likeness: Likeness, *, risk: Risk = Risk.LOW) -> list[Drafted]:
    begin = datetime(2026, 10, 1, 9, tzinfo=UTC)
    return [
        Drafted(
            f"t{n}", f"c{n}", begin + timedelta(hours=2 * n), (CELL,), (risk,), 0.97, True,
            likeness, None, 1,
        )
        for n in range(count)
    ]  # fmt: skip


def test_a_clean_record_earns_and_a_bad_one_does_not() -> None:
    clean = earn(_drafts(200, Likeness.SAME), Rules(), "s", careful=True)
    assert len(clean.at_the_end) == 200
    assert 0 < len(clean.sent) < 150
    assert clean.wrong == []
    bad = earn(_drafts(200, Likeness.DIFFERS), Rules(), "s", careful=False)
    assert (bad.sent, bad.at_the_end) == ([], [])


def test_high_risk_never_and_two_readings_part() -> None:
    high = earn(_drafts(900, Likeness.SAME, risk=Risk.HIGH), Rules(), "s", careful=False)
    assert (high.sent, high.at_the_end) == ([], [])
    reworded = _drafts(200, Likeness.AGREES)
    assert earn(reworded, Rules(), "s", careful=True).at_the_end == []
    assert len(earn(reworded, Rules(), "s", careful=False).at_the_end) == 200


@given(st.lists(st.sampled_from(list(Likeness)), max_size=150))
def test_the_careful_reading_never_earns_more(kinds: list[Likeness]) -> None:
    drafts = [
        one
        for n, kind in enumerate(kinds)
        for one in [_drafts(n + 1, kind)[n]]
    ]  # fmt: skip
    careful = earn(drafts, Rules(), "s", careful=True)
    generous = earn(drafts, Rules(), "s", careful=False)
    assert set(careful.at_the_end) <= set(generous.at_the_end)


@pytest.fixture(scope="module")
def engine(house: House) -> Engine:
    return house.engine


@pytest.fixture(scope="module")
async def sample(engine: Engine) -> Report:
    return await replay_file(engine, "nehir-moda", SAMPLE.name, SAMPLE.read_bytes())


def _row(report: Report, conversation: str) -> dict[str, object]:
    return next(row for row in report.predictions if row["conversation"] == conversation)


@pytest.mark.parametrize(
    ("conversation", "outcome", "likeness"),
    [
        ("1", "drafted", {"differs"}),  # the agent told Saturday's hours too
        ("2", "drafted", {"same", "agrees"}),
        ("3", "drafted", {"agrees"}),
        ("4", "drafted", {"differs"}),  # "ücretsiz" for "bizden" is taken for a negation
        ("6", "handed_over", {None}),
        ("11", "drafted", {"differs"}),
        ("13", "handed_over", {None}),
        ("16", "drafted", {None}),
    ],
)
def test_the_sample(
    sample: Report, conversation: str, outcome: str, likeness: set[str | None]
) -> None:
    row = _row(sample, conversation)
    assert (row["outcome"], row["likeness"] in likeness) == (outcome, True), row


def test_the_samples_figures_hold_together(sample: Report) -> None:
    told = sample.metrics
    assert (told["conversations"], told["messages"], sample.n) == (16, 17, 16)
    assert told["drafted"] + told["noticed"] + told["handed_over"] == pytest.approx(1)
    assert sum(told[kind.value] for kind in Likeness) == pytest.approx(1)
    assert told["automatic_at_the_end_careful"] == 0, "sixteen exchanges earn nothing"
    assert "Before you switch on" in headline(sample)
    assert any("temsilsi" in str(error) for error in sample.errors)


async def _everything(database: TestDatabase) -> dict[str, object]:
    """Every row of every table with the transaction that wrote it."""
    import psycopg

    found: dict[str, object] = {}
    async with await psycopg.AsyncConnection.connect(database.owner_dsn) as conn:
        tables = await (
            await conn.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        ).fetchall()
        for (table,) in tables:
            rows = await conn.execute(f"SELECT xmin::text, t::text FROM {table} t ORDER BY 2, 1")
            found[table] = await rows.fetchall()
    return found


async def test_nothing_is_written(house: House) -> None:
    engine, database = house.engine, house.database
    rows = [
        ("customer", "diş taşı temizliği için randevu alcaktım"), ("agent", "Hangi gün?"),
        ("customer", "30 kasım öğleden sonra olur mu"), ("agent", "Hangi saat uygun?"),
        ("customer", "ikincisi olsun"),
    ]  # fmt: skip
    text = "conversation,at,from,text,phone,consent,name\n" + "\n".join(
        f"{phone},2026-11-25 10:0{at},{who},{what},{phone},evet,Deniz Ak"
        for phone in ("+905445554037", "+905550009988")
        for at, (who, what) in enumerate(rows)
    )
    before = await _everything(database)
    report = await replay_file(engine, "inci-dis", "x.csv", text.encode())
    made = [row["actions"] for row in report.predictions]
    assert made == 2 * [[], [], ["slots.book"]], report.predictions[-1]
    assert await _everything(database) == before


async def test_a_patient_without_consent_is_not_processed(engine: Engine) -> None:
    text = "conversation,at,from,text\na,2026-11-25 10:00,customer,kanal tedavisi ne kadar\n"
    report = await replay_file(engine, "inci-dis", "x.csv", text.encode())
    assert report.by["handed_over"] == {"no_consent": 1}
    assert report.predictions[0]["draft"] == ""


async def test_the_candidate_is_the_newest_draft(house: House) -> None:
    engine, database = house.engine, house.database
    source = (
        "intent: working_hours\nrisk: low\nsteps:\n- reply: only\nreplies:\n  only:\n"
        "    tr: Taslak saatler burada.\n    en: Draft hours.\n    ar: مسودة.\n"
    )
    async with engine.deps.database.tenant("nehir-moda") as conn:
        await behaviour.draft_playbook(conn, "working_hours", source, "burcu")
    text = "conversation,at,from,text\na,2026-11-25 10:00,customer,pazar günü açık mısınız\n"
    before = await _everything(database)
    now = await replay_file(engine, "nehir-moda", "x.csv", text.encode())
    then = await replay_file(engine, "nehir-moda", "x.csv", text.encode(), version="candidate")
    again = await replay_file(engine, "nehir-moda", "x.csv", text.encode())
    assert "Taslak" in then.predictions[0]["draft"]
    assert "Taslak" not in now.predictions[0]["draft"]
    assert again.predictions[0]["draft"] == now.predictions[0]["draft"]
    assert await _everything(database) == before


async def test_no_such_tenant(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await replay_file(engine, "nobody", SAMPLE.name, SAMPLE.read_bytes())


def test_a_persons_word_settles_it_for_both_readings() -> None:
    told = [replace(one, judged=True) for one in _drafts(200, Likeness.DIFFERS)]
    assert len(earn(told, Rules(), "s", careful=True).at_the_end) == 200
    told = [replace(one, judged=False) for one in _drafts(200, Likeness.SAME)]
    assert earn(told, Rules(), "s", careful=False).at_the_end == []


def test_the_verdict_column_is_read() -> None:
    text = (
        "tarih;gönderen;mesaj;görüşme;taslak doğru mu\n"
        "23.11.2026 10:00;müşteri;açık mısınız;1;\n"
        "23.11.2026 10:05;temsilci;Buyurun.;1;yanlış\n"
    )
    (found,) = read_past("x.csv", text.encode(), ISTANBUL).conversations
    (exchange,) = exchanges(found)
    assert exchange.verdict is False


def test_there_are_two_versions() -> None:
    assert version_named("candidate") == "candidate"
    with pytest.raises(BadRequest, match="present or candidate"):
        version_named("yesterday")
