"""Names of people and places, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from invekto.guardrails.flat import flat

HERE = Path(__file__).parent
PROVINCES = frozenset(
    [
        "adana",
        "adiyaman",
        "afyon",
        "agri",
        "aksaray",
        "amasya",
        "ankara",
        "antalya",
        "ardahan",
        "artvin",
        "aydin",
        "balikesir",
        "bartin",
        "batman",
        "bayburt",
        "bilecik",
        "bingol",
        "bitlis",
        "bolu",
        "burdur",
        "bursa",
        "canakkale",
        "cankiri",
        "corum",
        "denizli",
        "diyarbakir",
        "duzce",
        "edirne",
        "elazig",
        "erzincan",
        "erzurum",
        "eskisehir",
        "gaziantep",
        "antep",
        "giresun",
        "gumushane",
        "hakkari",
        "hatay",
        "igdir",
        "isparta",
        "istanbul",
        "izmir",
        "kahramanmaras",
        "karabuk",
        "karaman",
        "kars",
        "kastamonu",
        "kayseri",
        "kirikkale",
        "kirklareli",
        "kirsehir",
        "kilis",
        "kocaeli",
        "konya",
        "kutahya",
        "malatya",
        "manisa",
        "mardin",
        "mersin",
        "mugla",
        "mus",
        "nevsehir",
        "nigde",
        "osmaniye",
        "rize",
        "sakarya",
        "samsun",
        "siirt",
        "sinop",
        "sivas",
        "sanliurfa",
        "urfa",
        "sirnak",
        "tekirdag",
        "tokat",
        "trabzon",
        "tunceli",
        "usak",
        "van",
        "yalova",
        "yozgat",
        "zonguldak",
    ]
)


@dataclass(frozen=True)
class Names:
    """Folded words. `common` are also ordinary words, brands or places."""

    given: frozenset[str]
    surnames: frozenset[str]
    arabic: frozenset[str]
    foreign: frozenset[str]
    """Given names of other languages: they need a capital letter."""
    foreign_surnames: frozenset[str]
    common: frozenset[str]
    not_people: tuple[str, ...]

    @cached_property
    def given_words(self) -> frozenset[str]:
        """Given names that are also words."""
        return self.given & self.common


@lru_cache(maxsize=1)
def names() -> Names:
    """All name lists, folded."""
    return Names(
        given=_words("given_tr.txt"),
        surnames=_words("surnames_tr.txt"),
        arabic=_words("names_ar.txt"),
        foreign=_words("names_en.txt", "names_world.txt", "names_arabic_latin.txt"),
        foreign_surnames=_words("surnames_en.txt", "surnames_world.txt"),
        common=_words("common_words.txt"),
        not_people=tuple(flat(line) for line in _lines("not_people.txt")),
    )


def _words(*files: str) -> frozenset[str]:
    return frozenset(
        flat(word).replace("_", " ")
        for file in files
        for line in _lines(file)
        for word in line.split()
    )


def _lines(file: str) -> Iterator[str]:
    for line in (HERE / file).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
