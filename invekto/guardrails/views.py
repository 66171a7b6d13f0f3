"""Ways a hidden instruction is written: each view is the text as a model might read it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from invekto.guardrails.ciphers import decoded
from invekto.guardrails.flat import plain
from invekto.guardrails.segments import reglued

LOOKALIKES = str.maketrans(
    "аеорсухкмтвнАЕОРСУХКМТВНіїјѕԁɡһӏαοερντικυχηΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxkmtbhAEOPCYXKMTBHiijsdghlaoepvtikuxnABEZHIKMNOPTYX",
)
_INVISIBLE = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u180e]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OVERRIDE = re.compile("\u202e([^\u202c\n]{3,400})")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-_*|]{1,3}){5,200}[^\W\d_](?!\w)")
_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_]{1,4}\.){2,8}[^\W\d_]{1,4}(?!\w)")
_COMMENT = re.compile(r"<!--(.{1,2000}?)(?:-->|$)", re.DOTALL)
_HIDDEN = re.compile(
    r"<[a-z]{1,10}[^>]{0,200}(?:display\s*:\s*none|font-size\s*:\s*0|visibility\s*:\s*hidden|"
    r"opacity\s*:\s*0|color\s*:\s*(?:white|#fff)|\bhidden\b)[^>]{0,200}>([^<]{1,2000})",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<script[^>]{0,100}>(.{1,1000}?)(?:</script|$)", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(
    r"\b(?:alt|title|aria-label|content)\s*=\s*[\"']([^\"']{8,500})", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]{1,300}>")
_ROLE_TAG = re.compile(
    r"</?(?:system|sys|user|admin|assistant|model|prompt|instructions?|tool|developer|sistem|kullanici|"
    r"kullanıcı|asistan|talimat)\b[^>]{0,60}>|\"(?:role|rol)\"\s*:\s*\"(?:system|sistem|developer)|"
    r"\{\{[^}]{1,60}\}\}|<\|[a-z_]{2,20}\|>",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"!\[[^\]]{0,200}\]\(\s*https?://[^)\s]{1,400}[?=]", re.IGNORECASE)
_LINK_DATA = re.compile(r"https?://\S{1,200}(?:[?&]\w{1,20}=)?[{<\[$]", re.IGNORECASE)
_LEET = str.maketrans("013457@$!", "oieastasi")
LOOKED_AT = 12_000


@dataclass(frozen=True, slots=True)
class Views:
    """`surface` is the folded text as people read it; `hidden` what was decoded or uncovered,
    by how it was hidden; `marks` are tricks seen whatever they hid."""

    surface: str
    hidden: tuple[tuple[str, str], ...]
    marks: frozenset[str]


def views(text: str) -> Views:
    """All readings of the text. Bounded: the first 12,000 characters, a few pieces of each kind."""
    text = text[:LOOKED_AT]
    marks: set[str] = set()
    hidden: list[tuple[str, str]] = []
    if not text.isascii():
        text = _uncovered(text, marks, hidden)
    for how, found in decoded(text):
        hidden.append((how, plain(found)))
    if "<" in text:
        hidden += [("markup", plain(m)) for m in _in_markup(text)]
    if _IMAGE.search(text) or _LINK_DATA.search(text):
        marks.add("exfiltration")
    if _ROLE_TAG.search(text):
        marks.add("role_tag")
    surface = plain(_TAG.sub(" ", text) if "<" in text and ">" in text else text)
    if _SPACED.search(text):
        hidden.append(("spaced", plain(_SPACED.sub(lambda m: _joined(m.group()), text))))
    if _DOTTED.search(surface):
        hidden.append(("spaced", _DOTTED.sub(lambda m: m.group().replace(".", ""), surface)))
    for glued in [surface, *(said for how, said in hidden if how in {"spaced", "initials"})]:
        parted = reglued(glued)
        if parted:
            hidden.append(("glued", parted))
    if any(c.isdecimal() or c in "@$!" for c in surface):
        leet = _unleet(surface)
        if leet != surface:
            hidden.append(("leet", leet))
    return Views(surface, tuple(hidden[:24]), frozenset(marks))


def _uncovered(text: str, marks: set[str], hidden: list[tuple[str, str]]) -> str:
    for tags in _TAGS.findall(text)[:4]:
        hidden.append(("tags", plain("".join(chr(ord(c) - 0xE0000) for c in tags))))
    for reversed_ in _OVERRIDE.findall(text)[:4]:
        hidden.append(("bidi", plain(reversed_[::-1])))
    if _BIDI.search(text):
        marks.add("bidi")
    if len(_INVISIBLE.findall(text)) >= 2:
        marks.add("zero_width")
    swapped = text.translate(LOOKALIKES)
    if swapped != text and _mixes(text):
        marks.add("homoglyph")
        text = swapped
    return text


def _mixes(text: str) -> bool:
    """Whether one word has Latin letters and look-alikes of another script."""
    for word in re.findall(r"\w{3,40}", text):
        swapped = word.translate(LOOKALIKES)
        if swapped != word and re.search("[a-zA-ZçğıöşüÇĞİÖŞÜ]", word):
            return True
    return False


def _in_markup(text: str) -> list[str]:
    return [
        m.group(1)
        for pattern in (_COMMENT, _HIDDEN, _SCRIPT, _ATTRIBUTE)
        for m in list(pattern.finditer(text))[:4]
    ]


def _joined(spaced: str) -> str:
    """Letters written apart: two blanks part words."""
    words = re.split(r" {2,}|[|]", spaced)
    return " ".join(re.sub(r"[ .\-_*]", "", word) for word in words)


def _unleet(surface: str) -> str:
    def word(match: re.Match[str]) -> str:
        whole = match.group()
        letters = sum(c.isalpha() for c in whole)
        if letters == 0 or letters == len(whole):
            return whole
        return whole.translate(_LEET)

    return re.sub(r"[\w@$!]{3,40}", word, surface)
