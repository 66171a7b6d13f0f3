"""Postal addresses in running text: parts (quarter, street, number, flat, town, postcode) that
stand close together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.flat import flat
from invekto.guardrails.gazetteer import HERE

_PARTS = {
    "quarter": r"\bmah(?:alle(?:si)?)?\b\.?|\bmh\b\.?|\bkoyu\b|\bbeldesi\b|\bmevkii\b",
    "street": (
        r"\b(?:sok(?:ak|agi)?|sk|skk|cad(?:de(?:si)?)?|cd|bulv(?:ar|ari)?|blv|bulvari|yolu|"
        r"meydani|cikmazi|yokusu|kordonu)\b\.?"
    ),
    "number": (
        r"\b(?:dis ?kapi|ic ?kapi|kapi|bina|daire|dai|kat|blok|apt|apartmani|apartman|numara)\b"
        r"\.?[ ]?(?:no\b\.?)?[ ]?[:.]?[ ]?(?:\d{1,4}(?:/[\w]{1,4})?|[a-h]\b)?"
        r"|\bno\b[.:]?[ ]?[:.]?[ ]?\d{1,4}(?:[ ]?[/-][ ]?[\w]{1,4})?|\b[dk][:.][ ]?\d{1,3}\b"
        r"|\b(?:\d{1,3}|[a-h])[.]?[ ]?(?:kat|daire|blok|numara)\b|\bzemin kat\b"
    ),
    "estate": r"\b(?:sitesi|site|apartmani|apt|plaza|is merkezi|konutlari|evleri|rezidans|residence|han)\b\.?",
    "postcode": r"\b(?:0[1-9]|[1-7]\d|8[01])\d{3}\b",
}
_TR = {name: re.compile(pattern) for name, pattern in _PARTS.items()}
_EN = re.compile(
    r"(?<![\d:.,/])\b\d{1,5}[a-z]?,?[ ](?:"
    r"(?!(?:is|are|was|were|be|been|has|have|will|its|by|for|with|and|or|from|to|metres?|meters?|km|miles?|yards?|steps|minutes?|mins?|hours?|days?|nights?|rooms?|"
    r"tl|try|liras?|eur|euros?|usd|dollars?|pounds?|each|per|one|all)\b|[a-z]+'[dtny]|"
    r"(?:ocak|subat|mart|nisan|mayis|haziran|temmuz|agustos|eylul|ekim|kasim|aralik|jan|feb|apr|"
    r"jun|jul|aug|sep|oct|nov|dec)\w{0,6}\b)"
    r"[a-z0-9.'-]{1,24}[ ]){1,4}"
    r"(?:(?:street|road|avenue|ave|lane|drive|boulevard|blvd|court|square|crescent|terrace|gardens|"
    r"parkway|highway|circle|trail)\b\.?|(?:st|rd|dr|ln|ct|pl|sq|place|way|close|row|hill|park|hwy)"
    r"(?:\.|(?=,|\n|$)))"
    r"(?:,?[ ](?:apt|apartment|flat|suite|unit|floor|#)\.?[ ]?#?[\w-]{1,6})?"
)
_EN_TAIL = re.compile(
    r"(?:,?[ \n](?:apt|apartment|flat|suite|unit|floor)\.?[ ]?#?[\w-]{1,6})?"
    r"(?:,?[ \n]{1,2}[a-z][a-z.'-]{1,24}(?:[ ][a-z][a-z.'-]{1,24}){0,2}){0,3}"
    r"(?:,?[ \n]{1,2}(?:[a-z]{1,2}\d[a-z\d]?[ ]\d[a-z]{2}|[a-z]{2}[ ]\d{5}(?:-\d{4})?|\d{5}))?"
)
_UK = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?[ ]\d[a-z]{2}\b")
_EN_FLAT = re.compile(r"\b(?:flat|apartment|apt|unit|suite)[ ]#?\d{1,4}[a-z]?,?[ ]$")
_AR_PART = re.compile(
    r"(?<!\w)(?:و|ب|ل|ال|بال)?(?:شارع|حي|منطقه|بنايه|عماره|مبنى|مبني|شقه|طابق|الدور|دور|رقم|زقاق|محله|دار|"
    r"مجمع|فيلا|برج|قرب|مقابل|جاده|طريق|ص\.ب|الرمز البريدي|حاره|قطعه|بلوك|ساحه|ميدان)(?!\w)[ :]{0,2}"
)
_STOP = re.compile(
    r"\b(?:adresim(?:iz)?|adresi(?:niz)?|adres|adresime|adrese|ev|evim|isyeri|is yeri|yeni|eski|teslimat|fatura|kargo|"
    r"siparis(?:im|imi)?|lutfen|merhaba|selam|su|bu|benim|bizim|oturuyorum|olarak|icin|gonderin|"
    r"degistirin|is|iban|tel|telefon|ben|artik|simdi|orasi|tam|acik|acil|address|my|new|to|at|live|"
    r"send|ship|deliver|it|is|the|in|and|ve|ile|da|de)\b[ :]*"
)
_TAIL_STOP = re.compile(
    r"\b(?:adresine|adresinde|olarak|icin|gonder\w*|teslim\w*|kargo\w*|lutfen|degis\w*|oturuyor\w*|tel|"
    r"telefon|yolla\w*|getir\w*|yazar\w*|burasi|olacak|olsun|ve|ama|fakat|iban|ben|tesekkur\w*)\b"
)


@dataclass(frozen=True, slots=True)
class Part:
    start: int
    end: int
    kind: str


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    lines = (HERE / "places_tr.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(flat(w) for line in lines if line[:1] != "#" for w in line.split())


_PLACE_WORD = re.compile(r"[a-z]{2,20}")


def find_addresses(folded: str) -> list[tuple[int, int, float]]:
    """Spans and scores of postal addresses."""
    found = _turkish(folded) + _english(folded) + _arabic(folded)
    found.sort()
    merged: list[tuple[int, int, float]] = []
    for start, end, score in found:
        if merged and start < merged[-1][1]:
            last = merged[-1]
            merged[-1] = last[0], max(end, last[1]), max(score, last[2])
        else:
            merged.append((start, end, score))
    return merged


def _turkish(folded: str) -> list[tuple[int, int, float]]:
    parts = [
        Part(m.start(), m.end(), kind)
        for kind, pattern in _TR.items()
        for m in pattern.finditer(folded)
        if m.end() > m.start()
    ]
    if not any(p.kind in {"quarter", "street", "number", "estate"} for p in parts):
        return []
    parts += [
        Part(m.start(), m.end(), "place")
        for m in _PLACE_WORD.finditer(folded)
        if m.group() in _places()
    ]
    parts.sort(key=lambda p: (p.start, -p.end))
    return [span for group in _groups(parts, folded) if (span := _address(group, folded))]


def _groups(parts: list[Part], folded: str) -> list[list[Part]]:
    groups: list[list[Part]] = []
    for part in parts:
        near = bool(groups) and _near(groups[-1][-1], part, folded)
        if near:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _near(before: Part, after: Part, folded: str) -> bool:
    between = folded[before.end : after.start]
    if len(between) > 42 or re.search(
        r"[.!?][ ]+(?:[a-z]+[ ]){6}|[a-z]{5}[.][ ]+[a-z]|[!?]|\n\s*\n", between
    ):
        return False
    return len(between.split()) <= 5 and not _TAIL_STOP.search(between)


def _address(group: list[Part], folded: str) -> tuple[int, int, float] | None:
    kinds = {p.kind for p in group}
    strong = kinds & {"quarter", "street", "estate"}
    numbered = "number" in kinds or any(
        p.kind in {"street", "estate"}
        and re.match(r"[ ,]{0,2}\d{1,4}\b", folded[p.end : p.end + 7])
        for p in group
    )
    if not strong or (len(kinds) < 2 and not numbered):
        return None
    if not numbered and not ({"quarter", "street"} <= kinds or (strong and "postcode" in kinds)):
        return None
    if "number" in kinds and len(strong) == 1 and len(kinds) == 2 and "estate" in kinds:
        if not re.search(r"\d", folded[group[0].start : group[-1].end]):
            return None
    return _begin(group, folded), _end(group, folded), 0.85


def _begin(group: list[Part], folded: str) -> int:
    """Back over the name of the first part: "atatürk" before "mah."."""
    first = group[0]
    if first.kind in {"place", "postcode", "number"}:
        return first.start
    window = folded[max(0, first.start - 40) : first.start]
    clause = re.split(r"[.:;,!?\n(]\s*(?![^ ]*\bmah)", window)[-1]
    stops = list(_STOP.finditer(clause))
    if stops:
        clause = clause[stops[-1].end() :]
    words = clause.split(" ")
    kept = " ".join(words[-4:]) if len(words) > 4 else clause
    return first.start - len(kept.lstrip())


def _end(group: list[Part], folded: str) -> int:
    last = group[-1]
    end = last.end
    if last.kind in {"street", "number", "estate"}:
        number = re.match(
            r"[ ,:]{0,2}(?:no[:. ]{0,2})?\d{1,4}(?:[ ]?/[ ]?\w{1,4})?\b", folded[end : end + 16]
        )
        if number and last.kind != "number":
            end += number.end()
    while end > last.start and folded[end - 1] in " .,:":
        end -= 1
    return end


def _english(folded: str) -> list[tuple[int, int, float]]:
    found = []
    for match in _EN.finditer(folded):
        tail = _EN_TAIL.match(folded, match.end())
        end = match.end()
        if tail and (
            "," in tail.group()[:2] or _UK.search(tail.group()) or re.search(r"\d", tail.group())
        ):
            end = _cut_tail(folded, match.end(), tail.end())
        before = _EN_FLAT.search(folded[max(0, match.start() - 16) : match.start()])
        start = match.start() - (len(before.group()) if before else 0)
        found.append((start, end, 0.75))
    return found


def _cut_tail(folded: str, start: int, end: int) -> int:
    tail = folded[start:end]
    stop = re.search(
        r"\b(?:please|and|is|it|my|the|by|for|thanks|before|instead|i|to|not|when|can|could)\b",
        tail,
    )
    if stop:
        end = start + stop.start()
    while end > start and folded[end - 1] in " ,.\n":
        end -= 1
    return end


def _arabic(folded: str) -> list[tuple[int, int, float]]:
    parts = list(_AR_PART.finditer(folded))
    if len(parts) < 2:
        return []
    groups: list[list[re.Match[str]]] = []
    for part in parts:
        between = folded[groups[-1][-1].end() : part.start()] if groups else ""
        if groups and len(between) <= 40 and len(between.split()) <= 5 and "?" not in between:
            groups[-1].append(part)
        else:
            groups.append([part])
    found = []
    for group in groups:
        words = {re.sub(r"^(?:و|بال|ال|ب|ل)", "", p.group().strip(" :")) for p in group}
        anchor = words & {
            "شارع",
            "حي",
            "زقاق",
            "محله",
            "جاده",
            "طريق",
            "عماره",
            "بنايه",
            "برج",
            "مجمع",
            "حاره",
        }
        if len(words) >= 2 and anchor:
            after = re.match(r"[^،,.!?\n]{0,30}", folded[group[-1].end() :])
            tail = after.group() if after else ""
            taken = " ".join(tail.split(" ")[:3])
            found.append((group[0].start(), group[-1].end() + len(taken.rstrip()), 0.75))
    return found
