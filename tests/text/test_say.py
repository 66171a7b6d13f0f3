"""How things are said, and the template filters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from jinja2 import Environment

from invekto.text import say
from invekto.text.filters import filters

NOW = datetime(2026, 11, 24, 9)
AT = datetime(2026, 11, 25, 14, 30)


def test_dates_and_times_in_three_languages() -> None:
    assert say.say_date(AT, "tr") == "25 Kasım Çarşamba"
    assert say.say_moment(AT, "tr") == "25 Kasım Çarşamba 14.30"
    assert say.say_moment(AT, "tr", NOW) == "yarın (25 Kasım Çarşamba) 14.30"
    assert say.say_moment(AT, "en") == "Wednesday 25 November at 14:30"
    assert say.say_moment(AT, "ar") == "الأربعاء \u206825\u2069 نوفمبر الساعة \u206814:30\u2069"
    assert say.say_date(date(2027, 1, 4), "tr", NOW) == "4 Ocak 2027 Pazartesi"
    later = datetime(2026, 11, 25, 16)
    assert say.say_range(AT, later, "tr") == "25 Kasım Çarşamba 14.30–16.00"
    assert say.say_range(AT, later, "en") == "Wednesday 25 November, 14:30–16:00"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "short", "said"),
    [
        (1250, "TRY", "tr", False, "1.250,00 TL"),
        (1250, "TRY", "tr", True, "1.250 TL"),
        (Decimal("899.90"), "TRY", "tr", True, "899,90 TL"),
        (1250, "TRY", "en", False, "1,250.00 TL"),
        (1200, "EUR", "en", True, "1,200 EUR"),
        (1250, "TRY", "ar", True, "\u20681,250 TL\u2069"),
        (1_000_000, "TRY", "tr", True, "1.000.000 TL"),
        (0, "TRY", "tr", False, "0,00 TL"),
    ],
)
def test_money(amount: Decimal, currency: str, language: str, short: bool, said: str) -> None:
    assert say.say_money(amount, currency, language, short=short) == said


def test_ranges_phones_lists_and_counts() -> None:
    assert say.say_money_range(4000, 6000, "TRY", "tr") == "4.000–6.000 TL"
    assert say.say_money_range(500, 500, "EUR", "tr") == "500 EUR"
    assert say.say_phone("+905321112233") == "0532 111 22 33"
    assert say.say_phone("+905321112233", "en") == "+90 532 111 22 33"
    assert say.say_phone("+4915112345678") == "+4915112345678"
    assert say.say_list(["S", "M", "L"]) == "S, M ve L"
    assert say.say_list(["S", "M"], "en") == "S and M"
    assert say.say_list(["أحمر", "أزرق", "أبيض"], "ar") == "أحمر، أزرق وأبيض"
    assert say.say_list([]) == ""
    assert say.say_count(3, {"one": "day", "other": "days"}, "en") == "3 days"
    assert say.plural(2, "ar") == "two"
    assert say.plural(11, "ar") == "many"


@pytest.mark.parametrize(
    ("name", "language", "tone", "said"),
    [
        ("Ayşe Demir", "tr", "friendly", "Merhaba Ayşe, "),
        ("Ayşe Demir", "tr", "formal", "Merhaba, "),
        ("Ayşe Demir", "tr", "short", ""),
        (None, "tr", "friendly", "Merhaba, "),
        ("🌸🌸", "tr", "friendly", "Merhaba, "),
        ("05321112233", "en", "friendly", "Hello, "),
        ("John", "en", "friendly", "Hi John, "),
        ("أحمد", "ar", "friendly", "مرحبًا أحمد، "),
        ("John", "ar", "friendly", "مرحبًا \u2068John\u2069، "),
        ("AYŞE", "tr", "friendly", "Merhaba Ayşe, "),
        ("ışıl", "tr", "friendly", "Merhaba Işıl, "),
    ],
)
def test_salutation(name: str | None, language: str, tone: str, said: str) -> None:
    assert say.salutation(name, language, tone) == said


def test_filters_in_a_template() -> None:
    environment = Environment(autoescape=False)
    environment.filters.update(filters())
    template = environment.from_string(
        "{{ isim|e_hali }} {{ d|tarih(language)|e_hali }} {{ d|saat }}"
        " {{ x|para('TRY', language) }} {{ tel|telefon }}"
        " {{ ['a', 'b']|liste(language) }} {{ 1250|sayi }} {{ d|tarih_saat }}"
    )
    said = template.render(isim="Burak", d=AT, x="1250.5", tel="+905321112233", language="tr")
    assert said == (
        "Burak'a 25 Kasım Çarşamba'ya 14.30 1.250,50 TL 0532 111 22 33 a ve b 1.250"
        " 25 Kasım Çarşamba 14.30"
    )


def test_filters_take_iso_strings() -> None:
    table = filters()
    assert table["tarih"]("2026-11-25") == "25 Kasım Çarşamba"
    assert (
        table["tarih_saat"]("2026-11-25T14:30:00+03:00", "en") == "Wednesday 25 November at 14:30"
    )
    assert table["saat"]("14:30") == "14.30"
    with pytest.raises(ValueError, match="amount"):
        table["para"]("many")
