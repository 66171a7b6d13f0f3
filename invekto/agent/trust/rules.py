"""What is fixed before the first verdict is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from invekto.contracts.evidence import Risk
from invekto.errors import BadRequest

EPSILON_LIMITS = (0.005, 0.10)
DELTA_LIMITS = (0.001, 0.10)
AUDIT_LIMITS = (0.02, 1.0)
SETTLE_LIMITS = (timedelta(0), timedelta(days=7))
SEEDED_LIMITS = (0.0, 0.10)

RAMP = (0.25, 0.50, 1.00)
"""Share of eligible messages that is automatic, step by step after promotion."""
RAMP_AGAIN = (0.10, 0.25, 0.50, 1.00)
"""The same once the cell has fallen: a smaller first step."""
RAMP_VERDICTS = 15
"""Right verdicts without a wrong one between in order to go one step up."""
WATCH = 20
"""After an error among the replies that people review anyway, every automatic reply of the cell
is audited until so many were found right."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One tenant's settings, within the limits above.

    Attributes:
        epsilon_low, epsilon_medium: tolerated share of wrong replies by risk; high risk is never
            automatic.
        delta: chance that a cell which is worse than that ever becomes automatic.
        thresholds: nested confidence thresholds, strictest first.
        audit_share: share of automatic replies that a person checks afterwards.
        settle: an approval counts when so much time has passed without its correction.
    """

    epsilon_low: float = 0.05
    epsilon_medium: float = 0.02
    delta: float = 0.05
    thresholds: tuple[float, ...] = (0.85, 0.70, 0.50)
    audit_share: float = 0.10
    settle: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        _within("epsilon_low", self.epsilon_low, EPSILON_LIMITS)
        _within("epsilon_medium", self.epsilon_medium, EPSILON_LIMITS)
        _within("delta", self.delta, DELTA_LIMITS)
        _within("audit_share", self.audit_share, AUDIT_LIMITS)
        _within("settle", self.settle.total_seconds(), _seconds(SETTLE_LIMITS))
        if not self.thresholds or list(self.thresholds) != sorted(
            set(self.thresholds), reverse=True
        ):
            raise BadRequest("thresholds must fall from the strictest to the loosest")

    def epsilon(self, risk: Risk) -> float:
        """The tolerated share of wrong replies; 0 for high risk: nothing is ever enough."""
        if risk is Risk.HIGH:
            return 0.0
        return self.epsilon_low if risk is Risk.LOW else self.epsilon_medium


def _within(name: str, value: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not low <= value <= high:
        raise BadRequest(f"{name} must lie between {low:g} and {high:g}, not {value:g}", field=name)


def _seconds(limits: tuple[timedelta, timedelta]) -> tuple[float, float]:
    return limits[0].total_seconds(), limits[1].total_seconds()
