"""Turkish suffixes, each form written by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.text import suffix

# word: dative, accusative, locative, ablative, genitive, instrumental
CASES = """
Ayşe: Ayşe'ye Ayşe'yi Ayşe'de Ayşe'den Ayşe'nin Ayşe'yle
Burak: Burak'a Burak'ı Burak'ta Burak'tan Burak'ın Burak'la
Zeynep: Zeynep'e Zeynep'i Zeynep'te Zeynep'ten Zeynep'in Zeynep'le
Ali: Ali'ye Ali'yi Ali'de Ali'den Ali'nin Ali'yle
Gül: Gül'e Gül'ü Gül'de Gül'den Gül'ün Gül'le
Umut: Umut'a Umut'u Umut'ta Umut'tan Umut'un Umut'la
Kemal: Kemal'e Kemal'i Kemal'de Kemal'den Kemal'in Kemal'le
Michael: Michael'e Michael'i Michael'de Michael'den Michael'in Michael'le
Anna: Anna'ya Anna'yı Anna'da Anna'dan Anna'nın Anna'yla
George: George'a George'u George'da George'dan George'un George'la
İzmir: İzmir'e İzmir'i İzmir'de İzmir'den İzmir'in İzmir'le
Ankara: Ankara'ya Ankara'yı Ankara'da Ankara'dan Ankara'nın Ankara'yla
Nişantaşı: Nişantaşı'na Nişantaşı'nı Nişantaşı'nda Nişantaşı'ndan Nişantaşı'nın Nişantaşı'yla
Trendyol: Trendyol'a Trendyol'u Trendyol'da Trendyol'dan Trendyol'un Trendyol'la
Antalya: Antalya'ya Antalya'yı Antalya'da Antalya'dan Antalya'nın Antalya'yla
WhatsApp: WhatsApp'a WhatsApp'ı WhatsApp'ta WhatsApp'tan WhatsApp'ın WhatsApp'la
SGK: SGK'ya SGK'yı SGK'da SGK'dan SGK'nın SGK'yla
AVM: AVM'ye AVM'yi AVM'de AVM'den AVM'nin AVM'yle
PTT: PTT'ye PTT'yi PTT'de PTT'den PTT'nin PTT'yle
randevu: randevuya randevuyu randevuda randevudan randevunun randevuyla
sipariş: siparişe siparişi siparişte siparişten siparişin siparişle
kargo: kargoya kargoyu kargoda kargodan kargonun kargoyla
kitap: kitaba kitabı kitapta kitaptan kitabın kitapla
hesap: hesaba hesabı hesapta hesaptan hesabın hesapla
ağaç: ağaca ağacı ağaçta ağaçtan ağacın ağaçla
renk: renge rengi renkte renkten rengin renkle
çocuk: çocuğa çocuğu çocukta çocuktan çocuğun çocukla
isim: isme ismi isimde isimden ismin isimle
şehir: şehre şehri şehirde şehirden şehrin şehirle
ağız: ağza ağzı ağızda ağızdan ağzın ağızla
saat: saate saati saatte saatten saatin saatle
iptal: iptale iptali iptalde iptalden iptalin iptalle
kontrol: kontrole kontrolü kontrolde kontrolden kontrolün kontrolle
park: parka parkı parkta parktan parkın parkla
saç: saça saçı saçta saçtan saçın saçla
su: suya suyu suda sudan suyun suyla
"""

# phrase → expected, for one function
PHRASES = [
    (suffix.dative, "25 Kasım Salı", "25 Kasım Salı'ya"),
    (suffix.dative, "25 Kasım Çarşamba", "25 Kasım Çarşamba'ya"),
    (suffix.dative, "1 Ocak Cuma", "1 Ocak Cuma'ya"),
    (suffix.ablative, "3 Mart Pazar", "3 Mart Pazar'dan"),
    (suffix.locative, "15 Ağustos", "15 Ağustos'ta"),
    (suffix.locative, "25 Kasım", "25 Kasım'da"),
    (suffix.dative, "yarın (25 Kasım Salı)", "yarına (25 Kasım Salı)"),
    (suffix.locative, "14.30", "14.30'da"),
    (suffix.dative, "14.30", "14.30'a"),
    (suffix.locative, "14.00", "14.00'te"),
    (suffix.dative, "09.15", "09.15'e"),
    (suffix.ablative, "16.45", "16.45'ten"),
    (suffix.dative, "1.250 TL", "1.250 TL'ye"),
    (suffix.dative, "1.250,00 TL", "1.250,00 TL'ye"),
    (suffix.ablative, "750 TL", "750 TL'den"),
    (suffix.accusative, "200 €", "200 €'yu"),
    (suffix.locative, "%20", "%20'de"),
    (suffix.dative, "3", "3'e"),
    (suffix.accusative, "3", "3'ü"),
    (suffix.locative, "3", "3'te"),
    (suffix.dative, "2", "2'ye"),
    (suffix.accusative, "4", "4'ü"),
    (suffix.dative, "6", "6'ya"),
    (suffix.dative, "9", "9'a"),
    (suffix.dative, "10", "10'a"),
    (suffix.dative, "20", "20'ye"),
    (suffix.dative, "40", "40'a"),
    (suffix.ablative, "40", "40'tan"),
    (suffix.dative, "60", "60'a"),
    (suffix.ablative, "70", "70'ten"),
    (suffix.dative, "90", "90'a"),
    (suffix.dative, "100", "100'e"),
    (suffix.dative, "1000", "1000'e"),
    (suffix.dative, "1.250", "1.250'ye"),
    (suffix.locative, "2026", "2026'da"),
    (suffix.dative, "0", "0'a"),
    (suffix.dative, "5 kg", "5 kg'a"),
    (suffix.dative, "diş teli", "diş teline"),
    (suffix.accusative, "saç ekimi", "saç ekimini"),
    (suffix.locative, "Kadıköy Şubesi", "Kadıköy Şubesi'nde"),
    (suffix.dative, "Bağdat Caddesi", "Bağdat Caddesi'ne"),
    (suffix.ablative, "iade bedeli", "iade bedelinden"),
    (suffix.instrumental, "kredi kartı", "kredi kartıyla"),
    (suffix.dative, "Mehmet Ali", "Mehmet Ali'ye"),
    (suffix.ablative, "Hepsiburada", "Hepsiburada'dan"),
    (suffix.dative, "Aras Kargo", "Aras Kargo'ya"),
    (suffix.dative, "o", "ona"),
    (suffix.dative, "bu", "buna"),
    (suffix.genitive, "ben", "benim"),
    (suffix.having, "SGK", "SGK'lı"),
    (suffix.having, "indirim", "indirimli"),
    (suffix.having, "ücret", "ücretli"),
    (suffix.measured, "750 TL", "750 TL'lik"),
    (suffix.measured, "kişi", "kişilik"),
    (suffix.plural, "sipariş", "siparişler"),
    (suffix.plural, "randevu", "randevular"),
    (suffix.plural, "saat", "saatler"),
    (suffix.ordinal, "1", "1'inci"),
    (suffix.ordinal, "2", "2'nci"),
    (suffix.ordinal, "3", "3'üncü"),
    (suffix.ordinal, "6", "6'ncı"),
    (suffix.ordinal, "9", "9'uncu"),
    (suffix.ordinal, "10", "10'uncu"),
    (suffix.ordinal, "40", "40'ıncı"),
    (suffix.dative, "", ""),
    (suffix.dative, "😀", "😀"),
]

ALL = (
    suffix.dative,
    suffix.accusative,
    suffix.locative,
    suffix.ablative,
    suffix.genitive,
    suffix.instrumental,
)


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_six_cases_of_a_word(line: str) -> None:
    word, _, forms = line.partition(": ")
    assert [case(word) for case in ALL] == forms.split()


@pytest.mark.parametrize(("case", "phrase", "expected"), PHRASES)
def test_phrases(case: Callable[[object], str], phrase: str, expected: str) -> None:
    assert case(phrase) == expected


def test_the_table_is_large_enough() -> None:
    assert 6 * len(CASES.strip().splitlines()) + len(PHRASES) >= 150


@given(st.text(max_size=60))
def test_never_raises_and_only_adds(phrase: str) -> None:
    for case in (*ALL, suffix.plural, suffix.having, suffix.measured, suffix.ordinal):
        assert isinstance(case(phrase), str)
