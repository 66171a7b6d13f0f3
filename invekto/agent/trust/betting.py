"""Testing "the chance of a wrong reply is at least ε" by betting against it.

A bettor starts with capital 1 and bets before each counted reply. With x = 1 for a wrong reply and
0 for a right one, a bet λ in [0, 1/(1-ε)) multiplies the capital by 1 + λ(ε - x), whose expectation
is at most 1 when the chance of x = 1 is at least ε given the past. So the capital is a
non-negative supermartingale, and by Ville's inequality it ever reaches 1/δ with chance at most δ:
whoever looks, however often, whenever they stop. (Ville 1939; Shafer 2021, "Testing by betting",
JRSS A 184(2); Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by
betting", JRSS B 86(1); Ramdas, Grünwald, Vovk and Shafer 2023, "Game-theoretic statistics and safe
anytime-valid inference", Statistical Science 38(4).)

For 0/1 outcomes the bet λ = (1 - r)/(1 - ε) is the likelihood ratio of error rate rε against ε: a
right reply multiplies by (1 - rε)/(1 - ε), a wrong one by r. The best r is the cell's true error
over ε, which nobody knows; so the capital is divided over several r (a mixture is a
supermartingale too), and the shares that guess well grow. What is known beforehand, such as an
older behaviour version's record, may move the shares at the start (`informed`); the capital
starts at 1 all the same.

Restarts. Early errors can leave a process so poor that starting anew is quicker. Process 0 may
spend (1 - RESERVE)·δ, the k-th restart RESERVE·6δ/(π²k²); these sum to δ, so that the bound holds
for all processes of a threshold together (union bound). Spending 6δ/(π²k²) with the first process
as k = 1 would sum to δ too, but would ask a clean cell at ε = 2 % for 173 right replies even of a
bettor who staked everything; the reserve keeps the first process cheap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

RATIOS = (0.03, 0.13, 0.22, 0.55)
"""The error rates bet on, as shares of ε."""
SHARES = (0.20, 0.70, 0.08, 0.02)
"""Capital on each at the start, chosen on exact crossing times (see tests/trust)."""
RESERVE = 0.05
UNINFORMED = 0.25
"""Part of the capital that an informed start leaves on `SHARES`: a wrong hint costs little."""
HINT_WEIGHT = 0.5
HINT_MOST = 200.0
"""A hint's counts are halved and count as this many verdicts at most."""
LOG_RATIOS = tuple(math.log(ratio) for ratio in RATIOS)


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known from elsewhere (an older version, other tenants): it may set the bet only."""

    right: float
    wrong: float


def start(hint: Hint | None = None, epsilon: float = 0.02) -> tuple[float, ...]:
    """Log capital on each of `RATIOS` at the start; the capital sums to 1."""
    shares = SHARES if hint is None else informed(hint, epsilon)
    return tuple(math.log(share) for share in shares)


def informed(hint: Hint, epsilon: float) -> tuple[float, ...]:
    """Starting shares after a hint; they sum to 1 whatever the hint says."""
    most = min(1.0, HINT_MOST / max(hint.right + hint.wrong, 1.0)) * HINT_WEIGHT
    logs = [
        math.log(share)
        + most * (hint.right * math.log1p(-ratio * epsilon) + hint.wrong * math.log(ratio))
        for share, ratio in zip(SHARES, RATIOS, strict=True)
    ]
    total = log_sum(logs)
    return tuple(
        UNINFORMED * share + (1 - UNINFORMED) * math.exp(log - total)
        for share, log in zip(SHARES, logs, strict=True)
    )


def after_right(capital: tuple[float, ...], epsilon: float) -> tuple[float, ...]:
    """Log capital after a right reply under the ε that was in force for this bet."""
    base = math.log1p(-epsilon)
    return tuple(
        held + math.log1p(-ratio * epsilon) - base
        for held, ratio in zip(capital, RATIOS, strict=True)
    )


def after_wrong(capital: tuple[float, ...]) -> tuple[float, ...]:
    """Log capital after a wrong reply."""
    return tuple(held + loss for held, loss in zip(capital, LOG_RATIOS, strict=True))


def capped(capital: tuple[float, ...], most: float) -> tuple[float, ...]:
    """Log capital thrown away down to `most` in all; giving away capital is always allowed."""
    over = log_sum(capital) - most
    return tuple(held - over for held in capital) if over > 0 else capital


def log_sum(logs: list[float] | tuple[float, ...]) -> float:
    """log Σ exp."""
    top = max(logs)
    return top + math.log(sum(math.exp(log - top) for log in logs))


def log_needed(delta: float, restarts: int) -> float:
    """Log of the capital at which the process after `restarts` restarts has passed."""
    if restarts == 0:
        return -math.log((1 - RESERVE) * delta)
    return -math.log(RESERVE * 6 * delta / (math.pi * restarts) ** 2)


def right_needed(capital: tuple[float, ...], epsilon: float, needed: float) -> int:
    """Right replies in a row until the log capital reaches `needed`."""
    if log_sum(capital) >= needed:
        return 0
    low, high = 0, 1
    while log_sum(_many_right(capital, epsilon, high)) < needed:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if log_sum(_many_right(capital, epsilon, middle)) >= needed:
            high = middle
        else:
            low = middle
    return high


def _many_right(capital: tuple[float, ...], epsilon: float, count: int) -> tuple[float, ...]:
    base = math.log1p(-epsilon)
    return tuple(
        held + count * (math.log1p(-ratio * epsilon) - base)
        for held, ratio in zip(capital, RATIOS, strict=True)
    )
