"""What a day of messages needs, computed from measured costs: `python -m invekto.evals.capacity`.

A model, not a measurement. Its inputs are what `invekto bench --only cost` measured last on this
machine, or what is given; the defaults are those of docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

from invekto.errors import NotFound

HOURS = (2, 1, 1, 1, 1, 2, 5, 12, 28, 52, 70, 74, 66, 62, 64, 66, 64, 62, 66, 78, 84, 72, 40, 14)
"""Weight of each hour of a shop's day, Istanbul time."""
SECONDS = 3600
BURST = 3.0
"""The busiest second over the mean of its hour, for arrivals that come in clusters."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one turn: CPU of our processes and of Postgres in milliseconds, commits, bytes kept."""

    cpu_ms: float = 23.0
    postgres_ms: float = 9.0
    commits: float = 9.9
    kept_bytes: float = 7_564.0

    @classmethod
    def measured(cls, history: Path) -> Costs:
        """What the last cost benchmark in a history found. Raises NotFound where there is none."""
        lines = history.read_text("utf-8").splitlines() if history.exists() else []
        for line in reversed(lines):
            if found := json.loads(line).get("cost"):
                return cls(
                    found["own CPU ms a turn"], found["Postgres CPU ms a turn"],
                    found["commits a turn"], found["bytes kept a turn"],
                )  # fmt: skip
        raise NotFound(f"{history} holds no costs: run `invekto bench --only cost`")


@dataclass(frozen=True, slots=True)
class Need:
    """What a day needs at its busiest second, and what it keeps."""

    peak_per_second: float
    worker_cores: float
    postgres_cores: float
    commits_per_second: float
    gigabytes_a_day: float
    largest_tenant_share: float


def need(tenants: int, messages: int, costs: Costs, *, messages_a_turn: float = 1.3) -> Need:
    """The need of `messages` a day over `tenants` whose sizes fall as 1/rank."""
    turns = messages / messages_a_turn
    busiest = max(HOURS) / sum(HOURS) * turns / SECONDS
    peak = busiest * BURST
    return Need(
        peak_per_second=peak,
        worker_cores=peak * costs.cpu_ms / 1000 / 0.7,
        postgres_cores=peak * costs.postgres_ms / 1000 / 0.6,
        commits_per_second=peak * costs.commits,
        gigabytes_a_day=turns * costs.kept_bytes / 1e9,
        largest_tenant_share=1 / sum(1 / rank for rank in range(1, tenants + 1)),
    )


def waits(tenants: int, messages: int, costs: Costs, cores: int, *, seed: int = 1) -> list[float]:
    """Seconds that turns of the busiest ten minutes wait for a core, simulated second by second:
    Poisson arrivals in clusters, first come first served."""
    dice = random.Random(seed)
    rate = need(tenants, messages, costs).peak_per_second / BURST
    per_second, backlog, found = cores * 1000 / costs.cpu_ms, 0.0, []
    for _ in range(600):
        burst = dice.choices((0.5, 1.0, BURST), (5, 4, 1))[0]
        arrived = max(0.0, dice.gauss(rate * burst, (rate * burst) ** 0.5))
        backlog = max(0.0, backlog + arrived - per_second)
        found.append(backlog / per_second)
    return sorted(found)


def main() -> None:
    """Print the table of docs/scale.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measured", type=Path, metavar="HISTORY", help="a bench-history.jsonl")
    for name, default in asdict(Costs()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=default)
    given = vars(parser.parse_args())
    history = given.pop("measured")
    costs = Costs.measured(history) if history else Costs(**given)
    print(", ".join(f"{name} {value:,.1f}" for name, value in asdict(costs).items()))
    print("tenants  messages/day  peak/s  worker cores  pg cores  commits/s  GB/day  p95 wait s")
    for tenants, messages in ((10, 10**4), (300, 10**5), (3_000, 10**6), (10_000, 10**7)):
        n = need(tenants, messages, costs)
        cores = max(1, round(n.worker_cores + 0.5))
        wait = waits(tenants, messages, costs, cores)[int(0.95 * 600)]
        print(
            f"{tenants:7} {messages:13,} {n.peak_per_second:7.1f} {n.worker_cores:13.1f}"
            f" {n.postgres_cores:9.1f} {n.commits_per_second:10.0f} {n.gigabytes_a_day:7.2f}"
            f" {wait:11.2f}"
        )


if __name__ == "__main__":
    main()
