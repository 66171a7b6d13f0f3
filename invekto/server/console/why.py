"""A turn's stored why, arranged for the panel beside the thread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from invekto.agent.summary import WORDS
from invekto.records.turns import StoredHandOver, Suggestion, Turn
from invekto.server.console.cards import Card, cards_of
from invekto.server.console.words import Words

CALM = ("pass", "fix")
NAMED = {words[key] for words in WORDS.values() for key in ("wants", "known")}
STEPS = {words["did"] for words in WORDS.values()}
NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b(?=:| \(|,|$)")


@dataclass(frozen=True, slots=True)
class Guess:
    """An intent and how likely it was; `sure` from 0 to 100."""

    intent: str
    sure: int


@dataclass(frozen=True, slots=True)
class Panel:
    """What the why panel shows of one turn."""

    turn: Turn
    guesses: list[Guess] = field(default_factory=list)
    runner_up: Guess | None = None
    language: str = ""
    sentiment: str = ""
    urgency: str = ""
    understood: list[tuple[str, str]] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    rails: str | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    checked_ms: float = 0.0
    mode: str | None = None
    because: str = ""
    trust: dict[str, Any] = field(default_factory=dict)
    handover: StoredHandOver | None = None
    summary: str = ""
    milliseconds: float = 0.0
    question: str = ""


def panel_of(
    turn: Turn,
    w: Words,
    *,
    suggestion: Suggestion | None = None,
    handover: StoredHandOver | None = None,
    zone: str,
) -> Panel:
    """The panel of a turn; whatever an older turn did not store stays empty."""
    why = turn.why
    heard: dict[str, Any] = why.get("understanding") or {}
    decision: dict[str, Any] = why.get("decision") or {}
    rails: dict[str, Any] = why.get("rails") or {}
    guesses = [_guess(g) for g in heard.get("intents", [])]
    named = {g.intent for g in guesses}
    others = [_guess(g) for g in heard.get("alternatives", [])]
    actions = suggestion.actions if suggestion else why.get("actions", [])
    return Panel(
        turn=turn,
        guesses=guesses,
        runner_up=next((g for g in others if g.intent not in named), None),
        language=heard.get("language") or turn.language or "",
        sentiment=heard.get("sentiment", ""),
        urgency=heard.get("urgency", ""),
        understood=_understood(heard.get("entities", [])),
        cards=cards_of(why.get("results", []), w, zone),
        actions=[plain(a.get("summary"), w.language) for a in actions],
        sources=why.get("sources", []),
        rails=rails.get("outcome"),
        findings=rails.get("findings", []),
        checked_ms=rails.get("milliseconds") or 0.0,
        mode=decision.get("mode"),
        because=decision.get("because", ""),
        trust=(decision.get("trust") or [{}])[0],
        handover=handover,
        summary=readable(handover.summary, w) if handover else "",
        milliseconds=turn.milliseconds or sum(s[1] for s in why.get("stops", [])),
        question=str(turn.inputs.get("text", "")),
    )


def plain(summary: Any, language: str) -> str:
    """A summary in the page's language, else in any."""
    if isinstance(summary, dict):
        return str(summary.get(language) or next(iter(summary.values()), ""))
    return str(summary or "")


def readable(summary: str, w: Words) -> str:
    """A hand-over's summary with topics and kinds of findings in words; what the playbook did is
    left out, for the panel shows it as cards."""
    kept = []
    for line in summary.splitlines():
        heading, colon, rest = line.partition(":")
        if heading in STEPS and colon:
            continue
        if heading in NAMED and colon:
            line = f"{heading}:{NAME.sub(lambda m: _named(m.group(), w), rest)}"
        kept.append(line)
    return "\n".join(kept)


def _named(name: str, w: Words) -> str:
    for place in ("intents", "entities"):
        if w.has(f"{place}.{name}"):
            return w(f"{place}.{name}")
    return name


def _guess(raw: list[Any]) -> Guess:
    return Guess(str(raw[0]), round(100 * float(raw[1])))


def _understood(entities: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(kind, words) of what was found in the message, each once."""
    found = dict.fromkeys(
        (str(e.get("kind") or e.get("name", "")), str(e.get("text") or e.get("value") or ""))
        for e in entities
    )
    return [pair for pair in found if pair[1]][:8]
