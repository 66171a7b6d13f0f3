"""The proof: every row of it, in numbers and as text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from invekto.agent.trust.simulate.baselines import Once, Peeked, Streak, Threshold, Window
from invekto.agent.trust.simulate.curve import Curve
from invekto.agent.trust.simulate.play import Played, Policy, play
from invekto.agent.trust.simulate.worlds import (
    Floats,
    World,
    by_confidence,
    changing,
    everywhere,
    true_error,
)

EPSILON, DELTA = 0.02, 0.05
PLAIN_BETS = ((0.02, 0.1, 0.3, 0.6), (0.25, 0.25, 0.25, 0.25))
MIX = ((0.002, 0.30), (0.005, 0.20), (0.010, 0.20), (0.020, 0.15), (0.040, 0.15))
"""A shop's intents: true error and share of cells."""

Maker = Callable[[int], Policy]


def _plain(cells: int) -> Policy:
    return Curve(
        cells, EPSILON, thresholds=(0.7,), bets=PLAIN_BETS, plain_restarts=True,
        name="plain e-process over 0.7",
    )  # fmt: skip


POLICIES: tuple[Maker, ...] = (
    lambda n: Curve(n, EPSILON),
    _plain,
    lambda n: Once(n, EPSILON),
    lambda n: Streak(n, EPSILON),
    lambda n: Window(n, EPSILON),
    lambda n: Threshold(n, EPSILON),
    lambda n: Peeked(n, EPSILON),
)


def adversities(epsilon: float = EPSILON) -> tuple[World, ...]:
    """Worlds in which the chance of a wrong reply is at least ε at every counted reply."""
    at = everywhere(epsilon)
    return (
        World("error just at epsilon", at),
        World("error at twice epsilon", everywhere(2 * epsilon)),
        World("hidden difficulty", by_confidence(epsilon / _share_of_loosest())),
        World("ignored drafts", at, ignored=0.3),
        World("labels from complaints only", at, labelled=0.0, complaint=0.2),
        World("drift down to epsilon", changing([(0, 3 * epsilon), (400, epsilon)])),
        World("drift up from epsilon", changing([(0, epsilon), (300, 3 * epsilon)])),
        World("rubber-stamping agents", at, fast=0.33, tired=0.33),
        World("rare intent", at, steps=150),
        World("busy intent", at, steps=6000),
        World("delayed corrections", at, delayed=0.5),
        World("twenty restarts", at, steps=2000, restart_every=90),
    )


def _share_of_loosest() -> float:
    """So that exactly the loosest threshold is at ε, and the stricter ones are truly good."""
    return true_error(World("", by_confidence(0.01)), 0.5) / 0.01


def run(intents: int = 2000, seed: int = 1, *, longest: int = 10_000) -> dict[str, Any]:
    """Simulate `intents` cells for each adversity and policy; all figures as plain numbers.

    Args:
        longest: cuts worlds short after so many messages, for a quick look; those in which
            something happens later stay as long as that takes.
    """
    return {
        "intents": intents,
        "seed": seed,
        "epsilon": EPSILON,
        "delta": DELTA,
        "bad_ever_automatic": _bad(intents, seed, longest),
        "negative_controls": _controls(intents, seed, longest),
        "promotion": _promotion(intents, seed, longest),
        "coverage": _coverage(intents, seed, longest),
        "change_point": _change_point(intents, seed),
        "recovery": _recovery(intents, seed),
    }


def _bad(intents: int, seed: int, longest: int) -> list[dict[str, Any]]:
    rows = []
    for number, world in enumerate(adversities()):
        world = _cut(world, longest)
        shares = {}
        for make in POLICIES:
            policy = make(intents)
            played = _play_bad(policy, world, intents, seed + 100 * number)
            shares[policy.name] = float(played.bad.mean())
        rows.append({"adversity": world.name, **shares})
    return rows


def _cut(world: World, longest: int) -> World:
    return replace(world, steps=min(world.steps, longest))


def _play_bad(policy: Policy, world: World, intents: int, seed: int, **more: Any) -> Played:
    steps = (0, world.steps - 1)
    bad = np.array([true_error(world, t, steps) >= EPSILON - 1e-9 for t in policy.thresholds])
    trusting = not isinstance(policy, Curve)
    return play(policy, world, intents, seed, bad=bad, trusting=trusting, **more)


def _controls(intents: int, seed: int, longest: int) -> list[dict[str, Any]]:
    at = everywhere(EPSILON)
    silent = _play_bad(
        Curve(intents, EPSILON),
        _cut(World("silence", at, ignored=0.4), longest),
        intents,
        seed,
        silence_is_right=True,
    )
    heir = _play_bad(
        Curve(intents, EPSILON, extra=8.0), _cut(World("heir", at), longest), intents, seed
    )
    rows = (
        ("silence counted as success", silent),
        ("capital carried over from another version", heir),
    )
    return [{"control": name, "bad_ever_automatic": float(p.bad.mean())} for name, p in rows]


def _promotion(intents: int, seed: int, longest: int) -> list[dict[str, Any]]:
    rows = []
    for epsilon, errors in ((0.02, (0.002, 0.005, 0.01)), (0.05, (0.005, 0.0125, 0.025))):
        for error in errors:
            policy = Curve(intents, epsilon)
            world = _cut(World("clean", everywhere(error), steps=2600), longest)
            played = play(policy, world, intents, seed)
            rows.append(
                {
                    "epsilon": epsilon,
                    "error": error,
                    "median": _quantile(played.verdicts, 0.5),
                    "p90": _quantile(played.verdicts, 0.9),
                    "messages_median": _quantile(played.first, 0.5),
                    "ever": float((played.first >= 0).mean()),
                }
            )
    return rows


def _quantile(values: Any, q: float) -> float | None:
    """A quantile where -1 stands for never."""
    found = np.where(values < 0, np.inf, values.astype(float))
    at = float(np.quantile(found, q, method="inverted_cdf"))
    return at if math.isfinite(at) else None


def _coverage(intents: int, seed: int, longest: int) -> list[dict[str, Any]]:
    rates = np.repeat([r for r, _ in MIX], [round(share * intents) for _, share in MIX])
    cells = len(rates)
    world = _cut(World("a shop's intents", _mixed(rates)), longest)
    good = rates < EPSILON
    rows = []
    for make in POLICIES:
        policy = make(cells)
        trusting = not isinstance(policy, Curve)
        played = play(policy, world, cells, seed, trusting=trusting)
        rows.append(
            {
                "policy": policy.name,
                "coverage": float(played.sent.mean()),
                "coverage_of_good": float(played.sent[:, good].mean()),
                "wrong_sent_per_1000": 1000 * float(played.wrong.mean()),
                "wrong_among_sent": float(played.wrong.sum() / max(played.sent.sum(), 1)),
                "audits_per_1000": 1000 * played.audits / played.sent.size,
            }
        )
    return rows


def _mixed(rates: Floats) -> Callable[[int, int], Floats]:
    pattern = by_confidence(1e-6)(1, 0)[0] / 1e-6
    chances = np.minimum(rates[:, None] * pattern, 1.0)
    return lambda cells, _step: chances if cells == len(rates) else chances[:cells]


JUMP, AFTER = 900, 700


def _change_point(intents: int, seed: int) -> list[dict[str, Any]]:
    cells = max(200, intents // 2)
    rows = []
    for audit in (0.02, 0.05, 0.10, 0.20, 0.50):
        for complaint in (0.0, 0.10):
            world = World(
                "jump to 10 %", changing([(0, 0.002), (JUMP, 0.10)]), steps=JUMP + AFTER,
                audit=audit, complaint=complaint,
            )  # fmt: skip
            rows.append(_after_jump(world, cells, seed))
    slow = replace(world, audit=0.10, complaint=0.0, audit_lag=10)
    rows.append(_after_jump(slow, cells, seed))
    return rows


def _after_jump(world: World, cells: int, seed: int) -> dict[str, Any]:
    played = play(Curve(cells, EPSILON), world, cells, seed)
    before = played.sent[JUMP - 50 : JUMP].mean(axis=0)
    full = before > 0.8
    sent = played.wrong[JUMP:, full].sum(axis=0)
    return {
        "audited": world.audit,
        "complaints": world.complaint,
        "audit_lag": world.audit_lag,
        "cells": int(full.sum()),
        "wrong_sent_mean": float(sent.mean()) if full.any() else None,
        "wrong_sent_median": float(np.median(sent)) if full.any() else None,
        "wrong_sent_p90": float(np.quantile(sent, 0.9)) if full.any() else None,
        "reviewed_share": float(1 - before[full].mean()) if full.any() else None,
    }


def _recovery(intents: int, seed: int) -> list[dict[str, Any]]:
    cells = max(200, intents // 2)
    rows = []
    for bad_for in (30, 150):
        world = World(
            "bad for a while",
            changing([(0, 0.002), (JUMP, 0.10), (JUMP + bad_for, 0.002)]),
            steps=JUMP + bad_for + 1500,
        )
        played = play(Curve(cells, EPSILON), world, cells, seed)
        was = played.sent[JUMP - 50 : JUMP].mean(axis=0) > 0.5
        mended = JUMP + bad_for
        fallen = was & ~played.sent[mended - 10 : mended].any(axis=0)
        back = played.sent[mended:, fallen]
        first = np.where(back.any(axis=0), back.argmax(axis=0), -1)
        rows.append(
            {
                "bad_for": bad_for,
                "fallen": float(fallen.sum() / max(was.sum(), 1)),
                "messages_until_automatic_median": _quantile(first, 0.5),
                "messages_until_automatic_p90": _quantile(first, 0.9),
                "back_within_1500": float((first >= 0).mean()) if fallen.any() else None,
            }
        )
    return rows
