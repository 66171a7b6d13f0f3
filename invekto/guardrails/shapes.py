"""How a text is put: orders to one or to many, questions, own things, code."""

from __future__ import annotations

import re

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
