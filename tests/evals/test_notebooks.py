"""The notebooks run from a clean kernel, as a reader would run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("intent_models", marks=pytest.mark.proof),
        "one_message",
        "reading_a_report",
        "retrieval",
        "trust_curve",
    ],
)
def test_notebook(name: str) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbmake",
            "--timeout",
            "570",
            "-W",
            "ignore",
            f"notebooks/{name}.ipynb",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
