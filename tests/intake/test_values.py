"""Cells as people fill them in."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.errors import BadData
from invekto.intake import values


@pytest.mark.parametrize(
    ("cell", "low", "high", "currency"),
    [
        ("1.250,00", "1250", "1250", None),
        ("1.250,00 TL", "1250", "1250", "TRY"),
        ("₺1,250.00", "1250", "1250", "TRY"),
        ("1.250", "1250", "1250", None),
        ("12.50", "12.50", "12.50", None),
        ("12,5", "12.50", "12.50", None),
        ("1.250.000", "1250000", "1250000", None),
        ("1 250,90 €", "1250.90", "1250.90", "EUR"),
        (1250.5, "1250.50", "1250.50", None),
        (0, "0", "0", None),
        ("1.500 - 2.000 TL", "1500", "2000", "TRY"),
        ("1.500'den başlayan", "1500", None, None),
        ("$400–600", "400", "600", "USD"),
    ],
)
def test_money(cell: object, low: str, high: str | None, currency: str | None) -> None:
    made = values.money(cell)
    assert (made.low, made.high) == (Decimal(low), Decimal(high) if high else None)
    assert made.currency == currency


@pytest.mark.parametrize("cell", ["-5", "-1.250,00 TL", -3, "sorunuz", "", True, 1e12, "9-5"])
def test_no_money(cell: object) -> None:
    with pytest.raises(BadData):
        values.money(cell)


@given(st.decimals(0, 9_999_999, places=2))
def test_turkish_writing_is_read_as_it_was_written(amount: Decimal) -> None:
    written = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert values.money(written).low == amount


@pytest.mark.parametrize(
    "cell",
    ["0532 111 22 33", "532 111 2233", "+90 532 111 22 33", "(0532) 111-22-33", "905321112233",
     "00905321112233", 5321112233, 5321112233.0, "0 532 111 22 33", "٠٥٣٢١١١٢٢٣٣"],
)  # fmt: skip
def test_phones(cell: object) -> None:
    assert values.phone(cell) == "+905321112233"


def test_phones_of_abroad_and_none() -> None:
    assert values.phone("+49 (0)151 23456789".replace("(0)", "")) == "+4915123456789"
    for cell in ("5,32E+09", "12345", "telefon yok", "0532 111 22", ""):
        with pytest.raises(BadData):
            values.phone(cell)


@pytest.mark.parametrize(
    "cell",
    ["25.11.2026", "25/11/2026", "25-11-26", "2026-11-25", "2026-11-25T10:00:00", "25 Kasım 2026",
     "25 Nov 2026", "11/25/2026", 46351, "46351", datetime(2026, 11, 25, 9), date(2026, 11, 25),
     "25.11.2026 14:30", "25.11.2026 14.30"],
)  # fmt: skip
def test_days(cell: object) -> None:
    assert values.day(cell) == date(2026, 11, 25)


@pytest.mark.parametrize("cell", ["31.02.2026", "yarın belki", "13/13/2026", ""])
def test_no_days(cell: object) -> None:
    with pytest.raises(BadData):
        values.day(cell)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("14:30", time(14, 30)), ("14.30", time(14, 30)), ("9", time(9)), ("2:30 PM", time(14, 30)),
     (0.604166666, time(14, 30)), ("14:30:00", time(14, 30))],
)  # fmt: skip
def test_clocks(cell: object, wanted: time) -> None:
    assert values.clock(cell) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("Pazartesi-Cuma", [1, 2, 3, 4, 5]), ("Pzt, Çar ve Cum", [1, 3, 5]), ("hafta sonu", [6, 7]),
     ("Cmt-Pzt", [1, 6, 7]), ("Salı", [2])],
)  # fmt: skip
def test_weekdays(cell: object, wanted: list[int]) -> None:
    assert values.weekdays(cell) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("45 dk", 45),
        ("1 saat", 60),
        ("1,5 saat", 90),
        ("1 saat 15 dk", 75),
        ("01:30", 90),
        (45, 45),
    ],
)
def test_minutes(cell: object, wanted: int) -> None:
    assert values.minutes(cell) == wanted


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.none(), st.booleans()))
def test_nothing_but_bad_data_is_raised(cell: object) -> None:
    for reader in (
        values.money, values.whole, values.minutes, values.phone, values.day, values.clock,
        values.flag, values.weekdays,
    ):  # fmt: skip
        with suppress(BadData):
            reader(cell)
