"""Thousands of cells with known truth, under the trust curve and what others do instead."""

from invekto.agent.trust.simulate.printing import print_report
from invekto.agent.trust.simulate.report import run

__all__ = ["print_report", "run"]
