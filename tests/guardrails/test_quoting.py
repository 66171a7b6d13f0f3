"""A business's own sentences, quoted whole, are no ungrounded claim."""

from __future__ import annotations

from importlib.resources import files
from random import Random

import pytest
import yaml

from invekto.contracts.policy import Policy
from invekto.guardrails.quoting import quoted
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck
from invekto.guardrails.reply import split_sentences

TENANTS = {"nehir-moda": "ecommerce", "inci-dis": "dental", "lale-estetik": "aesthetic"}
HOURS = "Hafta içi 09.00–18.00 arası açığız. Pazar günleri kapalıyız."


def answers(tenant: str) -> list[tuple[str, str]]:
    source = files("invekto.demo").joinpath(tenant, "faqs.yaml").read_text("utf-8")
    return [
        (language, text.strip())
        for entry in yaml.safe_load(source)
        for language, text in entry["answers"].items()
    ]


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_answer_of_a_business_may_be_quoted_beside_its_others(tenant: str) -> None:
    guard, dice, every = ReplyGuard(Policy("own words")), Random(3), answers(tenant)
    blocked = []
    for language, text in every:
        others = [other for spoken, other in every if spoken == language]
        facts = [text, *dice.sample(others, 3)]
        reply = ReplyUnderCheck(text, language, "general_question", TENANTS[tenant], facts)
        if any(finding.rail == "grounded" for finding in guard.check(reply).findings):
            blocked.append(text)
    assert blocked == []


@pytest.mark.parametrize(
    ("reply", "counts"),
    [
        (HOURS, 2),
        ("Merhaba Ayşe, hafta içi 09.00–18.00 arası açığız.", 1),
        (f"Siparişiniz yarın gelir.\n\n{HOURS}", 2),
        ("Pazar günleri kapalıyız ama cumartesi açığız.", 0),
        ("arası açığız. Pazar günleri kapalıyız.", 0),
        (f"{HOURS} Siparişiniz yarın gelir.", 0),
        ("Kapalıyız.", 0),
    ],
)
def test_only_whole_sentences_of_one_fact(reply: str, counts: int) -> None:
    assert len(quoted(reply, split_sentences(reply), ["Adres: Kadıköy", HOURS])) == counts


def test_a_part_of_a_sentence_is_no_quotation() -> None:
    fact = "Müşteri siparişim teslim edildi mi diye sordu, henüz edilmedi."
    reply = "Siparişim teslim edildi."
    assert quoted(reply, split_sentences(reply), [fact]) == frozenset()
