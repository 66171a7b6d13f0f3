"""Ways a hidden instruction is written: each view is the text as a model might read it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from dataclasses import dataclass
from urllib.parse import unquote

from invekto.guardrails.flat import plain

LOOKALIKES = str.maketrans(
    "аеорсухкмтвнАЕОРСУХКМТВНіїјѕԁɡһӏαοερντικυχηΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxkmtbhAEOPCYXKMTBHiijsdghlaoepvtikuxnABEZHIKMNOPTYX",
)
_INVISIBLE = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u180e]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OVERRIDE = re.compile("\u202e([^\u202c\n]{3,400})")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,4000}={0,2}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){8,2000}")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}|[\w.+-]){3,2000}")
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}){3,600}")
_ENTITY = re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};){3,600}")
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
    for how, found in _decoded(text):
        hidden.append((how, plain(found)))
    if "<" in text:
        hidden += [("markup", plain(m)) for m in _in_markup(text)]
    if _IMAGE.search(text) or _LINK_DATA.search(text):
        marks.add("exfiltration")
    surface = plain(_TAG.sub(" ", text) if "<" in text and ">" in text else text)
    if _SPACED.search(text):
        hidden.append(("spaced", plain(_SPACED.sub(lambda m: _joined(m.group()), text))))
    if _DOTTED.search(surface):
        hidden.append(("spaced", _DOTTED.sub(lambda m: m.group().replace(".", ""), surface)))
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


def _decoded(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for match in list(_BASE64.finditer(text))[:6]:
        found += [("base64", said) for said in [_from_base64(match.group())] if said]
    for match in list(_HEX.finditer(text))[:4]:
        found += [("hex", said) for said in [_from_hex(match.group())] if said]
    if text.count("%") >= 3:
        found += [
            ("url", unquote(m.group()))
            for m in list(_PERCENT.finditer(text))[:6]
            if m.group().count("%") >= 3
        ]
    for match in list(_ESCAPED.finditer(text))[:4]:
        found.append(
            ("escaped", re.sub(r"\\u(.{4})", lambda m: chr(int(m.group(1), 16)), match.group()))
        )
    for match in list(_ENTITY.finditer(text))[:4]:
        found.append(("escaped", re.sub(r"&#(x?)([0-9a-fA-F]+);", _entity, match.group())))
    rotated = codecs.encode(text, "rot13") if text.isascii() else plain(text)
    if not text.isascii():
        rotated = codecs.encode(rotated, "rot13")
    found.append(("rot13", rotated))
    found.append(("reversed", text[::-1]))
    return found


def _entity(match: re.Match[str]) -> str:
    number = (
        int(match.group(2), 16 if match.group(1) else 10)
        if match.group(1) or match.group(2).isdecimal()
        else 32
    )
    return chr(number) if 32 <= number < 0x110000 else " "


def _from_base64(token: str) -> str | None:
    compact = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _readable(raw)


def _from_hex(token: str) -> str | None:
    compact = re.sub(r"0x|\\x|[ ,:]", "", token)
    try:
        return _readable(bytes.fromhex(compact[: len(compact) // 2 * 2]))
    except ValueError:
        return None


def _readable(raw: bytes) -> str | None:
    try:
        said = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    letters = sum(c.isalpha() or c.isspace() for c in said)
    return said if len(said) >= 6 and letters > 0.8 * len(said) else None


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
        if letters < 2 or letters == len(whole) or len(whole) - letters > letters:
            return whole
        return whole.translate(_LEET)

    return re.sub(r"[\w@$!]{3,40}", word, surface)
