"""Names in running text: what stands around them decides where a word is a name and a word."""

from __future__ import annotations

import pytest

from invekto.guardrails.pii import find


def people(text: str) -> list[str]:
    return [text[s.start : s.end] for s in find(text) if s.type == "PERSON"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kızım Asyanın tel tedavisi bitti", "Asya"),
        ("Yağmurun bedeni 36 ama dar kalıpsa 38 gönderin", "Yağmur"),
        ("Khaledin siparişi nerede kaldı", "Khaled"),
        ("ablam Zerrinşah size uğrayacak", "Zerrinşah"),
        ("my fiance tariq wants to know the price", "tariq"),
        ("We're the Petrov family, two adults", "Petrov"),
        ("soyadım Ekşioğlu yanlış yazılmış", "Ekşioğlu"),
        ("iade parasini berkay aslanoglu hesabina atin", "berkay aslanoglu"),
        ("Kolyeye Duru yazdırmak istiyorum", "Duru"),
        ("geçen sefer Lale söyledi", "Lale"),
        ("odaya kamil diye teknisyen geldi", "kamil"),
        ('Signed for by "S. Tekin", nobody has that name', "S. Tekin"),
        ("اسمي ديلان من القامشلي", "ديلان"),
        ("د. كمال سوى لي زراعة", "كمال"),
    ],
)
def test_the_name_alone_is_the_span(text: str, name: str) -> None:
    assert people(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "ben mavi sipariş etmiştim siyah gelmiş",
        "annem Bodrum'dan dönünce arayacak",
        "my mother will attend on Monday",
        "أنا سعيد بالخدمة والطلب وصل كامل",
        "اكتبوا الأسماء على البطاقة",
        "Selam, hani Eskişehir'den yazan",
        "Almanya'ya döndüm implantım şişti",
        "the Victoria sofa is wider than the Charlotte dress",
        "Sabiha Gökçenden otele kaç dakika",
        "yaprak desenli, deniz manzaralı, umut ettiğim gibi değil",
    ],
)
def test_words_that_are_no_names(text: str) -> None:
    assert people(text) == []


def test_two_that_and_joins_are_both_names() -> None:
    assert people('engrave "Oliver & Maya" inside') == ["Oliver", "Maya"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("denizin abisiyim, paketi ben alabilir miyim", "deniz"),
        ("teslim alan hanesinde h. kocabas yazıyor", "h. kocabas"),
        ("Alman gelinimiz Katharina Vogel için randevu", "Katharina Vogel"),
        ("The courier, Darren I think, left it", "Darren"),
        ("اكتبوا على الهدية من خالتك منى", "منى"),
        ("مع التحية، ريم", "ريم"),
    ],
)
def test_third_persons_by_what_stands_around_them(text: str, name: str) -> None:
    assert people(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "nil yeşili perdeyi mavi koltuğun arkasına düşünüyorum",
        "inci küpe, elif model kolye ve defne yüzük",
        "Gamze kolye ile Simge bileklik stokta mı",
        "Will the Mary Jane shoes in Paris pink fit",
        "routed to Georgia the country instead of Georgia the state",
        "الشهر المقبل متى يبدأ العرض",
        "طلعت الشحنة من المدينة؟",
        "Kumru Otel'de kaldık, çok beğendik",
        "Barış Manço Caddesi'ndeki şubeniz açık mı",
        "Berat Kandili'nde açık mısınız",
        "Ege Üniversitesi Hastanesi'ne yakın mısınız",
        "Siparişim iptal edildi. Ama param gelmedi.",
        "the doctor can't see me till the 9th",
        "pelin otu çayı var mı",
        "الفاتورة طلعت باسم صاحب البطاقة",
        "هل يسري الضمان خارج تركيا؟",
    ],
)
def test_goods_and_places_called_like_people(text: str) -> None:
    assert people(text) == []
