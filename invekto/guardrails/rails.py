"""The rails on a reply: everything that is sent or suggested passes here."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.contracts.guard import Finding, GuardResult, Outcome
from invekto.contracts.policy import Policy, policy_from_data
from invekto.guardrails import (
    disclaimer,
    grounding,
    language,
    leak,
    links,
    manner,
    medical,
    phrases,
    promises,
)
from invekto.guardrails.reply import Check, ReplyUnderCheck
from invekto.guardrails.validators import Rail, RailGuard

__all__ = ["Policy", "ReplyGuard", "ReplyUnderCheck", "sector_policy"]

SECTORS = Path(__file__).parent / "sectors"
LONGEST = 6_000
"""Characters of a reply that the rails read; a longer one is never sent."""
FACT_LENGTH = 4_000
FACTS_LENGTH = 40_000
"""Characters of all facts together; what is beyond them supports nothing."""
TIME_LIMIT = 1_000.0
"""Milliseconds of processor time after which a result is not trusted for sending by itself: a busy
machine makes no rail wrong."""


def _policy(check: Check) -> None:
    phrases.check(check)
    promises.check(check)
    links.check(check)


def _language(check: Check) -> None:
    manner.check(check)
    language.check(check)
    disclaimer.check(check)


WARMING = ReplyUnderCheck(
    "Siparişiniz yarın 14.00'te teslim edilecek.", "tr", "order_status", "ecommerce", ["iki gün"]
)
"""Checked once when a guard is built, so that no real reply waits for what is loaded lazily."""
RAILS: dict[str, Rail] = {
    "leak": leak.check,
    "grounded": grounding.check,
    "medical": medical.check,
    "policy": _policy,
    "language": _language,
}
"""One guardrails-ai validator each: a validator costs more than what it checks."""
ORDER = (Outcome.PASS, Outcome.FIX, Outcome.ASK_PERSON, Outcome.BLOCK)


class ReplyGuard:
    """All rails of one policy. Building one loads guardrails-ai at the first check."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._guard: RailGuard | None = None

    def check(self, reply: ReplyUnderCheck) -> GuardResult:
        """Run the rails. Never raises: what cannot be judged is for a person."""
        if self._guard is None:
            self._guard = RailGuard(RAILS)
            self._guard.run(Check(WARMING, self.policy))
        begun, idle = time.perf_counter(), time.thread_time()
        if not reply.text.strip() or len(reply.text) > LONGEST:
            return _unreadable(reply)
        check = Check(replace(reply, facts=_limited(reply.facts)), self.policy)
        self._run(check)
        worked = (time.thread_time() - idle) * 1_000
        if worked > TIME_LIMIT:
            check.find(
                "time", "rail_failed", Outcome.ASK_PERSON, explanation=f"took {worked:.0f} ms"
            )
        spent = (time.perf_counter() - begun) * 1_000
        return replace(_result(check), milliseconds=spent)

    def _run(self, check: Check) -> None:
        assert self._guard is not None
        try:
            self._guard.run(check)
        except Exception as error:  # noqa: BLE001 - rails fail closed, whatever broke
            check.find("guard", "rail_failed", Outcome.ASK_PERSON, explanation=repr(error)[:200])


def _limited(facts: list[str]) -> list[str]:
    """Every fact once, as much of them as is read."""
    left, kept = FACTS_LENGTH, []
    for fact in dict.fromkeys(facts):
        if left <= 0:
            break
        kept.append(fact[: min(FACT_LENGTH, left)])
        left -= len(kept[-1])
    return kept


def _unreadable(reply: ReplyUnderCheck) -> GuardResult:
    if reply.text.strip():
        finding = Finding(
            "length", "too_long", Outcome.BLOCK, explanation=f"{len(reply.text)} characters"
        )
    else:
        finding = Finding("length", "rail_failed", Outcome.BLOCK, explanation="the reply is empty")
    return GuardResult(Outcome.BLOCK, reply.text[:LONGEST], (finding,))


def _result(check: Check) -> GuardResult:
    findings = tuple(check.findings)
    outcome = max((f.outcome for f in findings), key=ORDER.index, default=Outcome.PASS)
    text = check.reply.text
    if outcome is Outcome.FIX:
        text = _fixed(check)
    return GuardResult(outcome, text, findings)


def _fixed(check: Check) -> str:
    text = check.reply.text
    for finding in check.findings:
        if finding.reason == "missing_disclaimer":
            text = disclaimer.append(text, check)
        elif finding.outcome is Outcome.FIX and finding.quote:
            text = text.replace(finding.quote, "", 1)
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


@lru_cache(maxsize=64)
def sector_policy(sector: str) -> Policy:
    """A sector's default rules; a sector without a file of its own gets the general ones."""
    base = policy_from_data(_read("general"))
    own: dict[str, Any] = (
        _read(sector) if (SECTORS / f"{sector}.yaml").is_file() else {"name": sector}
    )
    if "banned" in own:
        own["banned"] = [*base.banned, *own["banned"]]
    return policy_from_data(own, base)


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((SECTORS / f"{name}.yaml").read_text(encoding="utf-8"))
    return data
