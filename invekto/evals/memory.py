"""How much memory a process holds."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def resident_megabytes(pid: int | None = None) -> float:
    """Resident set of a process, ours by default; elsewhere than on Linux our own peak."""
    status = Path(f"/proc/{pid or 'self'}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
