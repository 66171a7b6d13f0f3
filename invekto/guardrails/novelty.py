"""Things and names that a reply brings up and no fact has."""

from __future__ import annotations

import re
from functools import lru_cache

from invekto.guardrails.flat import flat
from invekto.guardrails.gazetteer import PROVINCES
from invekto.guardrails.ground import Ground
from invekto.guardrails.groups import groups
from invekto.guardrails.people import find_people
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative
from invekto.guardrails.subject import PROCESSES
from invekto.guardrails.tongue import tongue
from invekto.guardrails.wording import Clause, terms

_PROPER = re.compile(r"(?<![\w.])([A-ZÇĞİÖŞÜ][^\W\d_]{2,20})['’][a-zçğıöşü]{1,6}(?![\w])")
_ON_THE_WAY = re.compile(
    r"[^.,;]{0,30}\b(?:kargo|gonder|getir|teslim|ulas|gel(?:en|di|ir|ec|iy|se))"
)
"""After the name of a place: where customers are or come from."""
_COUNTRIES = frozenset(
    ["almanya", "hollanda", "fransa", "ingiltere", "avusturya", "belcika", "isvicre", "isvec", "danimarka", "norvec", "amerika", "kanada",
     "irak", "suriye", "katar", "kuveyt", "urdun", "lubnan", "misir", "fas", "cezayir", "libya", "azerbaycan", "rusya"]
)  # fmt: skip
_HEADED = re.compile(
    r"(?<!\w)([a-z]{3,20}) (dura[gk]|metro|caddesi|sokag|mahallesi|meydani|avm|hastanesi|subes|subem|havalimani|havaalani)"
)
_TITLED = re.compile(
    r"(?<!\w)(?:Dr|Dt|Doç|Prof|Op|Uzm|Doktor|Doctor)\.? (?:Dr\.? |Dt\.? )?([A-ZÇĞİÖŞÜ][^\W\d_]{2,20})"
)
_NO_NAMES = frozenset(
    ["iki", "uc", "dort", "bes", "alti", "her", "tum", "butun", "diger", "obur", "bizim", "yeni", "ayni", "tek", "bu", "ana", "merkez"]
)  # fmt: skip
"""What stands before "şubemiz" and counts it or points to it."""
_STREET = re.compile(r" (?:sok|cad|mah|bulv|blv|street|avenue|road)\w{0,8}")
_VOCATIVE = re.compile(r"\s{0,2}(?:bey|hanim|hocam?|efendi|abi|abla)\b|\s{0,2}[,!]|\s*$")
_CALLED = re.compile(
    r"(?:sayin|sn\.?|dear|merhaba|selam|hello|hi|mr\.?|mrs\.?|ms\.?|tesekkurler|مرحبا|اهلا|السيد|السيده|عزيزي|عزيزتي)[ ,]*$"
)


def sibling(piece: Clause, ground: Ground) -> str | None:
    """The reply names one thing of a kind (a colour, a language, a treatment) where the facts
    know only others of that kind."""
    if negative(piece.text):
        return None
    for group in groups():
        named = piece.terms & group
        if not named or "@first" in group:
            continue
        known = ground.terms & group
        if "@summer" in group:
            known = frozenset(t for c in ground.clauses if not negative(c.text) for t in c.terms)
            known &= group
        if not known or not named - known - _implied(ground.terms):
            continue
        if not named & known:
            return f"“{piece.text.strip()[:80]}”: the facts know another of the kind only"
        return f"“{piece.text.strip()[:80]}”: the facts do not know all of these"
    return None


@lru_cache(maxsize=256)
def _people(text: str, folded: str) -> tuple[tuple[int, int, float], ...]:
    """Kept: the same sentence is asked for its people clause by clause."""
    return tuple(find_people(text, folded))


def _implied(known: frozenset[str]) -> frozenset[str]:
    """Words that go with a known one without being another thing: a zirconium crown, dinner with
    half board, and the Arabic words that hair and teeth share (planting, crusts)."""
    return frozenset().union(*(_GOES_WITH[term] for term in known & _GOES_WITH.keys()))


_GOES_WITH = {
    "@crown": frozenset({"@zircon"}),
    "@zircon": frozenset({"@crown"}),
    "@transplant": frozenset({"@implant", "@veneer"}),
    "@all_year": frozenset({"@summer", "@winter"}),
    "@brown": frozenset({"@tan"}),
    "@tan": frozenset({"@brown"}),
    "pansi": frozenset({"@dinner", "@lunch"}),
    "board": frozenset({"@dinner", "@lunch"}),
    "porse": frozenset({"@veneer", "@crown"}),
    "pesin": frozenset({"@cash"}),
    "@door": frozenset({"@cash", "@card"}),
    "visa": frozenset({"@card"}),
    "maste": frozenset({"@card"}),
}


def foreign_name(sentence: Sentence, ground: Ground) -> str | None:
    """A person or a proper name that stands in no fact and is not the customer spoken to."""
    told = ground.language == "tr" and "tr" in ground.tongues
    for match in _PROPER.finditer(sentence.text) if told else ():
        name = flat(match.group(1))
        if (
            name.startswith(("bayram", "universite"))
            or name in _TITLES
            or (name in PROVINCES and "@other_cities" in ground.terms)
        ):
            continue
        if name in _COUNTRIES or _ON_THE_WAY.match(sentence.flat, match.end()):
            continue
        if negative(sentence.flat) or (name in PROVINCES and _serves_all(ground)):
            continue
        if not _in_facts(name, ground) and not terms(name) & _THINGS:
            return f"“{match.group()}” is in no fact"
    for match in _TITLED.finditer(sentence.text):
        if not _in_facts(flat(match.group(1)), ground):
            return f"“{match.group()}” is in no fact"
    if _other_city(sentence.flat, ground):
        return "a city is named that no fact names"
    for match in _HEADED.finditer(sentence.flat):
        name, head = match.group(1), match.group(2)
        if not sentence.text[match.start()].isupper() or name in _NO_NAMES:
            continue
        if any(head[:4] in fact for fact in ground.folded) and not _in_facts(name, ground):
            return f"“{match.group()}” is in no fact"
    for start, end, _ in _people(sentence.text, sentence.flat):
        parts = [p for p in sentence.flat[start:end].split() if not _means(p)]
        if _spoken_to(sentence.flat, start, end) or _STREET.match(sentence.flat, end):
            continue
        known = [_in_facts(part, ground) for part in parts]
        if tongue(sentence.flat[start:end]) == "ar" and "ar" not in ground.tongues:
            continue
        if (len(parts) > 1 and not all(known)) or (any(known) and not all(known)):
            return "a name is not that of the facts"
    return None


def _means(word: str) -> bool:
    """Whether a word is a title or one of the glossary: "Hanım İngilizce" is no name."""
    return word in _TITLES or any(t[0] == "@" for t in terms(word))


_EVERYWHERE = re.compile(
    r"\bher il|\b81 il|\bturkiye(?:'?nin)? (?:geneli|her)|\btum (?:iller|turkiye)|\bacross t"
)


def _serves_all(ground: Ground) -> bool:
    """Whether the facts speak of the whole country."""
    return any(_EVERYWHERE.search(fact) for fact in ground.folded)


def _other_city(folded: str, ground: Ground) -> bool:
    if "@other_cities" in ground.terms or _serves_all(ground) or negative(folded):
        return False
    named = _cities(folded)
    if not named:
        return False
    known = frozenset[str]().union(*(_cities(fact) for fact in ground.folded))
    return bool(known and named - known)


@lru_cache(maxsize=4_096)
def _cities(folded: str) -> frozenset[str]:
    return PROVINCES.intersection(re.findall(r"[a-z]{3,16}", folded))


def _spoken_to(folded: str, start: int, end: int) -> bool:
    """The customer's own name: "Sayın Ayşe Yılmaz", "Ayşe Hanım", or alone at the beginning."""
    if _CALLED.search(folded[:start]) or re.match(r"\s?(?:bey|hanim)\b", folded[end:]):
        return True
    return start == 0 and bool(_VOCATIVE.match(folded[end:]))


def _in_facts(name: str, ground: Ground) -> bool:
    stem = name[:5] if len(name) > 5 else name.rstrip("iu") if len(name) == 5 else name
    return any(stem in fact for fact in ground.folded) or name in _EVERYDAY


_THINGS = PROCESSES | {"@ship", "@deliver", "@pay", "@card", "@store", "@clinic"}
"""What any business speaks of: no name, though written with a capital."""
_TITLES = frozenset(
    [
        "bey",
        "hanim",
        "hoca",
        "doktor",
        "hekim",
        "abi",
        "abla",
        "efendi",
        "usta",
        "mudur",
        "cadde",
        "caddesi",
        "sokak",
        "sokagi",
        "mahallesi",
        "bulvari",
        "havalimani",
        "havaalani",
        "otogari",
        "istasyonu",
    ]
)
_EVERYDAY = frozenset(
    [
        "turkiye",
        "istanbul",
        "ankara",
        "izmir",
        "whatsapp",
        "instagram",
        "google",
        "tl",
        "usd",
        "pazartesi",
        "sali",
        "carsamba",
        "persembe",
        "cuma",
        "cumartesi",
        "pazar",
        "ocak",
        "subat",
        "mart",
        "nisan",
        "mayis",
        "haziran",
        "temmuz",
        "agustos",
        "eylul",
        "ekim",
        "kasim",
        "aralik",
        "iban",
        "kvkk",
        "sms",
    ]
)
