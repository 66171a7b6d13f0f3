"""What is kept out while our rails are loaded is whole again for everybody else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from invekto.guardrails.placeholders import kept_out

WAY = """
import sys
from invekto.guardrails import engine, shim
shim.load(); engine._engine()
left_out = {"spacy", "faker", "nltk", "rfc3987_syntax", "thinc"} & set(sys.modules)
assert not left_out, left_out
import faker
assert faker.Faker().name()
"""


def test_the_rails_load_without_what_they_never_reach() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", WAY], check=True)


def test_a_placeholder_that_is_used_says_so() -> None:
    with kept_out(empty=["never_installed"], missing=["neither"]):
        import never_installed  # type: ignore[import-not-found]

        with pytest.raises(ImportError):
            import neither  # type: ignore[import-not-found]  # noqa: F401
        made = never_installed.Something("argument")
        with pytest.raises(RuntimeError, match="was left out"):
            made.works()
    assert "never_installed" not in sys.modules
    assert "neither" not in sys.modules
