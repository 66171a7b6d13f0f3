"""Readings of text that was encoded, shifted, reversed or cut up. Every reading is bounded."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from urllib.parse import unquote

from invekto.guardrails.concepts import concepts
from invekto.guardrails.flat import plain

Reading = tuple[str, str]
"""How it was hidden, and what was hidden."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,4000}={0,2}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){8,2000}")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}|[\w.+-]){3,2000}")
_QUOTED = re.compile(r"(?:=[0-9a-fA-F]{2}|[\w .,:-]){6,2000}")
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}){3,600}")
_ENTITY = re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};){3,600}")
_BITS = re.compile(r"(?<!\d)(?:[01]{8}[ ,]?){4,500}(?!\d)")
_CODES = re.compile(r"(?<!\d)(?:\d{2,3}[ ,;-]{1,2}){5,500}\d{2,3}(?!\d)")
_MORSE = re.compile(r"(?:[.\-·–—]{1,6}[ /|]{1,3}){6,500}[.\-·–—]{1,6}")
_CUE = re.compile(
    r"\b(?:sezar|caesar|rot ?\d|rot by|kaydir|shift|sifreli met|sifreyi coz|cipher|decod|decrypt|"
    r"coz ve|cozup|desifre|atbash)|شفر|تشفير|فك هذا|ازاح"
)
_INITIALS = re.compile(r"ilk harf|bas harf|first letter|initials|acrostic|akrostis|اول حرف")
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "abcçdefgğhıijklmnoöprsştuüvyz")
_MORSE_LETTERS = {
    ".-": "a", "-...": "b", "-.-.": "c", "-..": "d", ".": "e", "..-.": "f", "--.": "g",
    "....": "h", "..": "i", ".---": "j", "-.-": "k", ".-..": "l", "--": "m", "-.": "n",
    "---": "o", ".--.": "p", "--.-": "q", ".-.": "r", "...": "s", "-": "t", "..-": "u",
    "...-": "v", ".--": "w", "-..-": "x", "-.--": "y", "--..": "z",
}  # fmt: skip
_LONGEST_SHIFTED = 240


def decoded(text: str) -> list[Reading]:
    """Every reading of the encoded pieces of a text; a reading may be nonsense, for a text that
    was not encoded at all."""
    found = _encoded(text)
    for how, said in found[:4]:
        found += [(how, again) for _, again in _encoded(said)[:2]]
    folded = plain(text)
    ascii_text = text if text.isascii() else folded
    found.append(("rot13", codecs.encode(ascii_text, "rot13")))
    found.append(("reversed", text[::-1]))
    if _CUE.search(folded):
        found += _shifted(text[:_LONGEST_SHIFTED].lower())
        found.append(("reversed", " ".join(word[::-1] for word in text.split()[:80])))
    if _INITIALS.search(folded):
        said = folded.rpartition(":")[2]
        found.append(("initials", "".join(word[0] for word in said.split()[:80])))
    return found


def _encoded(text: str) -> list[Reading]:
    found: list[Reading] = []
    for match in list(_BASE64.finditer(text))[:6]:
        found += [("base64", said) for said in [_from_base64(match.group())] if said]
    for match in list(_HEX.finditer(text))[:4]:
        found += [("hex", said) for said in [_from_hex(match.group())] if said]
    if text.count("%") >= 3:
        for match in list(_PERCENT.finditer(text))[:6]:
            if match.group().count("%") >= 3:
                found.append(("url", unquote(match.group())))
    if text.count("=") >= 3:
        for match in list(_QUOTED.finditer(text))[:4]:
            if match.group().count("=") >= 3:
                found.append(("url", unquote(match.group().replace("=", "%"))))
    for match in list(_ESCAPED.finditer(text))[:4]:
        said = re.sub(r"\\u(.{4})", lambda m: chr(int(m.group(1), 16)), match.group())
        found.append(("escaped", said))
    for match in list(_ENTITY.finditer(text))[:4]:
        found.append(("escaped", re.sub(r"&#(x?)([0-9a-fA-F]+);", _entity, match.group())))
    return found + _in_digits(text)


def _in_digits(text: str) -> list[Reading]:
    found: list[Reading] = []
    for match in list(_BITS.finditer(text))[:2]:
        octets = bytes(int(bits, 2) for bits in re.findall("[01]{8}", match.group()))
        found += [("binary", said) for said in [_readable(octets)] if said]
    for match in list(_CODES.finditer(text))[:2]:
        codes = [int(code) for code in re.findall(r"\d+", match.group())]
        if max(codes) < 256:
            found += [("codes", said) for said in [_readable(bytes(codes))] if said]
    for match in list(_MORSE.finditer(text))[:2]:
        found.append(("morse", _from_morse(match.group())))
    return found


def _shifted(text: str) -> list[Reading]:
    """The shift of the alphabet under which the text speaks most of manipulation."""
    best, most = "", 1
    for alphabet in _ALPHABETS:
        for by in range(1, len(alphabet)):
            table = str.maketrans(alphabet, alphabet[by:] + alphabet[:by])
            said = plain(text.translate(table))
            kinds = len({kind for _, kind in concepts(said)})
            if kinds > most:
                best, most = said, kinds
    mirrored = text.translate(str.maketrans(_ALPHABETS[0], _ALPHABETS[0][::-1]))
    return [("shifted", said) for said in (best, mirrored) if said]


def _from_morse(said: str) -> str:
    unified = said.translate(str.maketrans("·–—|", ".--/"))
    words = [word.split() for word in re.split(r" ?/ ?| {2,}", unified)]
    return " ".join("".join(_MORSE_LETTERS.get(sign, "") for sign in word) for word in words)


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
    return said if len(said) >= 6 and letters > 0.7 * len(said) else None
