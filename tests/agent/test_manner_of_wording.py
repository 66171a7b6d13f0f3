"""Nothing that a playbook, a notice or an answer of ours says is held for its manner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import invekto
from invekto.guardrails import leak, manner, medical, promises
from invekto.guardrails.rails import ReplyUnderCheck, sector_policy
from invekto.guardrails.reply import Check

HERE = Path(invekto.__file__).parent
LANGUAGES = ("tr", "en", "ar")
FILES = [
    *sorted((HERE / "agent" / "playbooks").rglob("*.yaml")),
    *sorted((HERE / "agent" / "notices").glob("*.yaml")),
    *sorted((HERE / "demo").glob("*/faqs.yaml")),
]
FOR_CUSTOMERS = frozenset({"replies", "asks", "answers", "text", "notice", "texts"})
_FILLED = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
FEWEST = 800


def wording(node: Any, language: str = "", told: bool = False) -> Iterator[tuple[str, str]]:
    """(language, text) of what customers read, without what tools fill in."""
    if isinstance(node, dict):
        for key, value in node.items():
            inner = key if key in LANGUAGES else language
            yield from wording(value, inner, told or key in FOR_CUSTOMERS)
    elif isinstance(node, list):
        for value in node:
            yield from wording(value, language, told)
    elif isinstance(node, str) and language and told:
        yield language, _FILLED.sub(" ", node)


def all_wording() -> list[tuple[str, str]]:
    return [
        pair for path in FILES for pair in wording(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]


def test_no_wording_of_ours_is_held() -> None:
    """Manner without a fact that would excuse it; the rules with the text itself as a fact."""
    texts = all_wording()
    assert len(texts) >= FEWEST
    policy = sector_policy("dental")
    held = {}
    for language, text in texts:
        findings = []
        for rails, facts in (((manner,), []), ((leak, medical, promises), [text])):
            check = Check(ReplyUnderCheck(text, language, "x", "dental", facts), policy)
            for rail in rails:
                rail.check(check)
            findings += check.findings
        if findings:
            held[text] = [f"{f.rail}: {f.reason}: {f.quote}" for f in findings]
    assert held == {}
