"""What there is only in another language, told as it stands under a line in the customer's: an
agent sees what answers, and the customer is not left with a text that says nothing to them."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from invekto.contracts.passages import Extract


def introduced(found: Extract, language: str) -> str:
    """The extract; where its source is in another language, in a paragraph of its own."""
    spoken = found.passages[0].language if found.passages else language
    line = _lines().get(language, {}).get(spoken)
    return f"{line}\n\n{found.text}" if line else found.text


@cache
def _lines() -> dict[str, dict[str, str]]:
    raw = (resources.files("invekto.agent") / "foreign.yaml").read_text("utf-8")
    lines: dict[str, dict[str, str]] = yaml.safe_load(raw)
    return lines
