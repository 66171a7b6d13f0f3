"""A text as numbered features for the small linear model: concepts and their neighbourhood,
words, letter groups, and how the text was hidden."""

from __future__ import annotations

import itertools
import re
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from invekto.guardrails.concepts import concepts
from invekto.guardrails.views import Views

SIZE = 1 << 17
NEAR = 60
"""Characters within which two concepts belong together."""
_WORD = re.compile(r"\w+|[^\w\s]")
_MAX_WORDS = 400
_MAX_LETTERS = 1_500
GUESSED = frozenset(
    {"rot13", "reversed", "leet", "spaced", "shifted", "glued", "initials", "morse"}
)
"""Readings that are tried on any text: most are nonsense."""
ADDRESSED = frozenset({"to_machine", "order_machine"})
ATTACKING = frozenset(
    [
        "ignore",
        "rules",
        "prior",
        "prompt",
        "reveal",
        "become",
        "free",
        "claim",
        "header",
        "to_machine",
        "tool",
        "skip",
        "others",
        "grant",
        "secrecy",
        "pressure",
        "dictate",
        "decode",
        "code",
        "doctor_play",
        "verbatim",
    ]
)


_SHAPES = {
    "shape:call": re.compile(r"\b[a-z]{2,20}_[a-z_]{2,30} ?\("),
    "shape:snake": re.compile(r"\b[a-z]{2,20}_[a-z]{2,20}\b"),
    "shape:query": re.compile(
        r"\bselect \S{1,40}(?: ?, ?\S{1,40}){0,8} from\b|\bupdate \w{2,30} set\b|\bdrop table\b|"
        r"\bdelete from\b|\binsert into\b|\bor 1 ?= ?1\b|#!/|\bsudo \w|\bcat /|\brm -"
    ),
    "shape:fence": re.compile(r"(?:[-=#*_]{3,}|<{2,}|>{2,})"),
    "shape:setting": re.compile(
        r"\b\w{2,16} ?[=:] ?(?:off|on|none|kapali|yok|admin|all|true|false|hepsi|\*)"
    ),
    "my:thing": re.compile(
        r"\b(?:siparis|kart|hesab|randevu|adres|fatura|kargo|iade|paket|urun|telefon|numara|kupon|"
        r"mesaj|esya|cocug|oglu|kiz|esi|anne|baba|para|uyelig|sifre|kod)\w{0,6}(?:im|um|imi|umu|imin|ime|ima|imiz|umuz)\w{0,4}\b|"
        r"\bmy (?:order|card|account|parcel|appointment|address|invoice|refund|coupon|money|phone|email|code|password|wife|husband|mother|daughter|son)|"
        r"(?:طلبي|بطاقتي|حسابي|موعدي|عنواني|فاتورتي|شحنتي|بريدي|رقمي|فلوسي|زوجي|زوجتي|امي|ابنتي)"
    ),
    "asks": re.compile(
        r"\?\s*$|\b(?:mi|mu|misiniz|musunuz|miyim|muyum|miyiz|nerede|nasil|ne zaman|kac|neden|hangi)\b"
    ),
    "polite": re.compile(
        r"\blutfen\b|(?:ir|ur|er|ar) misiniz|\bplease\b|\bcould you\b|لو سمحت|من فضل"
    ),
    "order:one": re.compile(
        r"\b(?:ver|yaz|goster|soyle|yap|oku|listele|cikar|dok|unut|sil|ac|gonder|calistir|cagir|uygula|"
        r"onayla|tanimla|degistir|et|ekle|say|dinle|davran|konus|anlat|paylas|kopyala|tekrarla|ozetle|"
        r"cevir|coz|bul|gir|kapat|kaldir|atla|gec|ol|de|dön|don|uret|olustur|hazirla|sirala|tamamla|"
        r"yoksay|birak|bosver|sifirla|guncelle|iptal et|bitir|basla)\b(?=\s*(?:[.,;!]|$|ve\b|sonra\b|ama\b))"
    ),
    "order:many": re.compile(
        r"\b\w{3,24}(?:in|iniz|un|unuz|yin|yiniz)\b(?=\s*(?:[.,;!]|$|lutfen))"
    ),
    "order:english": re.compile(
        r"(?:^|[.!?,:;]\s+|\band |\bthen |\bplease |\bnow )(?:ignore|forget|disregard|print|show|tell|give|list|"
        r"reveal|repeat|output|write|act|pretend|run|call|execute|create|set|make|approve|confirm|say|"
        r"type|respond|reply|decode|translate|enter|skip|drop|read|export|dump|render|send|mark|apply|"
        r"change|cancel|refund|clear|treat|obey|follow|describe|quote|summari[sz]e|recap|let|consider)\b"
    ),
    "order:arabic": re.compile(
        r"(?<!\w)(?:اعرض|اكتب|انس|انسى|تجاهل|اعطني|اعطيني|عطني|نفذ|قل|اطبع|كرر|اظهر|اكشف|لخص|غير|اجعل|"
        r"اعتبر|شغل|انشئ|احذف|الغ|ارسل|اضف|حول|ابدا|تصرف|تظاهر|كن|امسح|ارفع|اوقف|طبق|افترض|ترجم)(?!\w)"
    ),
    "your:rules": re.compile(
        r"\b(?:kural|talimat|yonerge|prompt|kisitlama|sinirlama|sinir|filtre|yetki|rol|gorev|hafiza|bellek|"
        r"politika|korum|guvenlik)\w{0,5}(?:n|in|un)(?:i|u|a|e|dan|den|la|le|in)?\b(?!iz)|"
        r"\byour (?:own )?(?:rules|instructions|prompt|limits|guidelines|policy|restrictions|memory|role|"
        r"filters?|system|configuration|tools|persona|training)|"
        r"(?:تعليماتك|قواعدك|قيودك|ذاكرتك|دورك|ادواتك|اعداداتك|شخصيتك)"
    ),
    "shape:quote": re.compile(r"[\"'«][^\"'»]{6,200}[\"'»]"),
}


def shapes(surface: str) -> set[str]:
    """How a text is put: orders to one or to many, questions, own things, code."""
    return {name for name, pattern in _SHAPES.items() if pattern.search(surface)}


def features(seen: Views, source: str) -> NDArray[np.int64]:
    """Sorted distinct feature numbers below `SIZE`."""
    names: set[str] = set()
    _add_text(seen.surface, names)
    for how, text in seen.hidden:
        found = {c for _, c in concepts(text)} & ATTACKING
        own = {c for _, c in concepts(seen.surface)}
        if how in GUESSED:
            found -= own
            if len(found) < 2 and not found & {"prompt"}:
                continue
        names.add(f"hidden:{how}:{min(3, len(found))}")
        if found:
            names.add("hidden:attack")
            _add_concepts(text, names)
    names.update(f"mark:{mark}" for mark in seen.marks)
    found = shapes(seen.surface)
    own_words = {c for _, c in concepts(seen.surface)}
    kinds = own_words & ATTACKING
    names |= found
    names |= {f"{shape}&{kind}" for shape in found for kind in kinds}
    names |= {f"{shape}&none" for shape in found if not kinds}
    if source != "message":
        names.add("content")
        names |= {f"content&{c}" for c in kinds or {"none"}}
        names.add("content&machine" if own_words & ADDRESSED else "content&people")
    return np.unique(
        np.fromiter((crc32(n.encode("utf-8", "replace")) % SIZE for n in names), dtype=np.int64)
    )


def _add_text(surface: str, names: set[str]) -> None:
    _add_concepts(surface, names)
    words = _WORD.findall(surface)[:_MAX_WORDS]
    names.update(f"w:{w[:7]}" for w in words)
    names.update(f"b:{a[:6]} {b[:6]}" for a, b in itertools.pairwise(words))
    padded = f" {surface[:_MAX_LETTERS]} "
    for size in (3, 4, 5):
        names.update(f"g:{padded[i : i + size]}" for i in range(len(padded) - size + 1))


def _add_concepts(surface: str, names: set[str]) -> None:
    found = concepts(surface)
    kinds = {c for _, c in found}
    names.update(f"c:{c}" for c in kinds)
    names.update(f"c{min(6, len(kinds & ATTACKING))}" for _ in (1,))
    for i, (at, first) in enumerate(found):
        for place, second in found[i + 1 : i + 12]:
            if place - at > NEAR:
                break
            if second != first:
                names.add(f"p:{first}+{second}")
                names.add("q:" + "+".join(sorted((first, second))))
