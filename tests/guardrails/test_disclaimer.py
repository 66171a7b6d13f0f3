"""What counts as a disclaimer of health information, told by rows."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from invekto.guardrails.disclaimer import check as disclaimed
from invekto.guardrails.rails import ReplyUnderCheck, sector_policy
from invekto.guardrails.reply import Check

ROWS: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "disclaimers.yaml").read_text(encoding="utf-8")
)


def lacks(text: str, language: str, facts: list[str] | None = None) -> bool:
    reply = ReplyUnderCheck(text, language, "x", "clinic", facts or [], disclaimer_required=True)
    check = Check(reply, sector_policy("clinic"))
    disclaimed(check)
    return bool(check.findings)


@pytest.mark.parametrize("language", ROWS)
def test_general_differing_and_for_the_doctor_to_decide(language: str) -> None:
    rows = ROWS[language]
    assert [text for text in rows["said"] if lacks(text, language)] == []
    assert [text for text in rows["other"] if not lacks(text, language)] == []


@pytest.mark.parametrize(
    ("fact", "told", "left_out"),
    [
        (
            "Note to include: swelling can last longer for some patients",
            "It takes a day. Swelling can last longer for some patients, of course.",
            "It takes a day and swelling is mild.",
        ),
        (
            "Uyarı metni: Sonuçlar garanti edilmez.",
            "İki hafta sürer. Sonuçlar garanti edilmez.",
            "İki hafta sürer.",
        ),
        (
            "يجب ذكر: لا يناسب الجلد المتهيج",
            "الجلسة نصف ساعة. لا يناسب الجلد المتهيج.",
            "الجلسة نصف ساعة.",
        ),
        (
            "Belirtilmeli: geçici kızarıklık görülebilir",
            "30 dakika sürer, geçici kızarıklık görülebilir.",
            "30 dakika sürer.",
        ),
    ],
)
def test_the_tenants_own(fact: str, told: str, left_out: str) -> None:
    language = "ar" if not told.isascii() and "ج" in told else "en" if "day" in told else "tr"
    assert not lacks(told, language, [fact])
    assert lacks(left_out, language, [fact])
