"""Material and cosmetic edits: a few by hand here, the set of another hand by its shares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.agent.edits import judge_edit

SETS = Path(__file__).resolve().parents[2] / "invekto" / "evals" / "sets" / "edits"

COSMETIC = [
    (
        "Merhaba, siparişiniz 25 Kasım Salı günü kargoya verildi.",
        "Merhaba Ayşe Hanım, siparişiniz 25.11 Salı kargoya verildi 😊",
    ),
    ("Ürünün fiyatı 1.250,00 TL.", "Ürünün fiyatı 1250 TL'dir."),
    ("Randevunuz yarın 14.30'da.", "Randevunuz yarın saat 14:30'da."),
    ("Siparisiniz yola cikti", "Siparişiniz yola çıktı."),
    ("Kargonuz yarın elinizde olacak.", "Gönderiniz yarın elinizde olacak, iyi günler dileriz."),
    ("Sipariş numaranızı iletir misiniz?", "Sipariş numaranızı paylaşır mısınız?"),
    (
        "14 gün içinde iade edebilirsiniz. Ücret sizden alınmaz.",
        "Ücret sizden alınmaz. 14 gün içinde iade edebilirsiniz.",
    ),
]
MATERIAL = [
    ("Ürünün fiyatı 1.250,00 TL.", "Ürünün fiyatı 1.350,00 TL."),
    ("Siparişiniz kargoya verildi.", "Siparişiniz kargoya verilecek."),
    ("İade edebilirsiniz.", "İade edemezsiniz."),
    ("Randevunuz yarın 14.30'da.", "Randevunuz yarın 15.30'da."),
    ("38 beden stokta var.", "38 beden stokta yok."),
    ("Siyah M var, beyaz L var.", "Siyah L var, beyaz M var."),
    ("İadeniz onaylandı.", "İadeniz onaylandı, ayrıca %10 indirim tanımladık."),
    ("Aras Kargo ile gönderildi.", "Yurtiçi Kargo ile gönderildi."),
    ("Ürün kırmızı renkte mevcut.", "Ürün mavi renkte mevcut."),
    ("Paranız 3-5 iş günü içinde yatar.", "Paranız 3 iş günü içinde yatar."),
]


@pytest.mark.parametrize(("before", "after"), COSMETIC)
def test_cosmetic(before: str, after: str) -> None:
    assert not judge_edit(before, after, "tr").material
    assert not judge_edit(after, before, "tr").material


@pytest.mark.parametrize(("before", "after"), MATERIAL)
def test_material(before: str, after: str) -> None:
    assert judge_edit(before, after, "tr").material
    assert judge_edit(after, before, "tr").material


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["tr", "en", "ar", "de"]))
def test_any_text_is_judged_and_no_change_is_cosmetic(one: str, two: str, language: str) -> None:
    judge_edit(one, two, language)
    assert not judge_edit(one, one, language).material


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_another_number_is_always_material(one: int, two: int) -> None:
    judged = judge_edit(f"Siparişiniz {one} adet.", f"Siparişiniz {two} adet.", "tr")
    assert judged.material == (one != two)


@pytest.mark.parametrize(
    ("name", "material", "cosmetic"), [("edits_dev", 1.0, 0.60), ("edits_test", 0.95, 0.45)]
)
def test_the_set_of_another_hand(name: str, material: float, cosmetic: float) -> None:
    """Floors of what was reached on Turkish; the rules were written and tuned on dev alone."""
    lines = [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text().splitlines()]
    turkish = [line for line in lines if line["lang"] == "tr"]
    right: dict[bool, list[bool]] = {True: [], False: []}
    for line in turkish:
        judged = judge_edit(line["before"], line["after"], "tr").material
        right[line["material"]].append(judged == line["material"])
    assert sum(right[True]) / len(right[True]) >= material
    assert sum(right[False]) / len(right[False]) >= cosmetic
