"""How a sentence of a reply is put: whom it addresses, what it orders, asks, concludes or commits
itself to; and the words of manner, promise and medicine that stand in it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.stems import StemIndex

WORDS = Path(__file__).parent / "rules" / "manner_words.yaml"
_WORD = re.compile(r"[a-z]{4,24}")
_END = r"(?=\s*(?:[.,;:!?…)]|$|\bve\b|\bsonra\b|\bama\b|\blutfen\b))"
_OF_WORDS = {
    "sen:verb": r"\w{2,18}(?:[iu]yorsun|m[iu]s[iu]n|m[iu]ss[iu]n|ars[iu]n|ers[iu]n|[iu]rs[iu]n|aks[iu]n|eceks[iu]n)",
    "siz:verb": r"\w{2,18}(?:s[iu]n[iu]z|yorsunuz|d[iu]n[iu]z|t[iu]n[iu]z)",
    "siz:thing": r"\w{2,14}(?:[iu]n[iu]z)(?:[iu]|a|e|d[ae]|d[ae]n|[iu]n|l[ae])?",
    "had:done": r"\w{2,18}(?:sayd|seyd)[iu](?:n|n[iu]z)?",
    "if:you": r"\w{2,18}s[ae]n(?:[iu]z)?",
    "if:it": r"\w{2,18}(?:[iu]yorsa|d[iu]ysa|t[iu]ysa|m[iu]ssa|arsa|erse|[iu]rsa|[iu]rse|maz?sa|mez?se)",
    "no:order": r"\w{2,18}(?:may[iu]n|mey[iu]n|may[iu]n[iu]z|mey[iu]n[iu]z)",
    "i:do": r"\w{2,18}(?:[aeiu]r[iu]m|r[iu]m|[ae]y[iu]m|[ae]ca[gk][iu]m|[ae]ce[gk][iu]m|[iu]yorum)",
    "we:do": r"\w{2,18}(?:[aeiu]r[iu]z|r[iu]z|[ae]l[iu]m|[ae]ca[gk][iu]z|[ae]ce[gk][iu]z|[iu]yoruz)",
    "we:did": r"\w{2,18}(?:d[iu]k|t[iu]k|d[iu]m|t[iu]m)",
    "we:cannot": r"\w{2,18}(?:[ae]m[iu]yor(?:uz|um)|[ae]may[iu]z|[ae]mey[iu]z|[ae]mam|[ae]mem|m[iu]yor(?:uz|um)|may[iu]z|mey[iu]z)",
    "they:not": r"\w{2,18}(?:maz|mez|m[iu]yor|mayacak|meyecek|mad[iu]|med[iu])",
    "will:be": r"\w{2,18}(?:[ae]cak|[ae]cek|[ae]cakt[iu]r|[ae]cekt[iu]r)",
    "you:will": r"\w{2,18}(?:[ae]caks[iu]n(?:[iu]z)?|[ae]ceks[iu]n(?:[iu]z)?|[aeiu]rs[iu]n(?:[iu]z)?|maz?s[iu]n[iu]z|mez?s[iu]n[iu]z)",
    "must:have": r"\w{2,18}(?:m[iu]st[iu]r|m[iu]ss[iu]n(?:[iu]z)?|m[iu]ss[iu]n[iu]zd[iu]r|d[iu]r|t[iu]r)",
    "has:got": r"\w{2,18}m[iu]s",
    "you:can": r"\w{2,18}(?:[ae]bilirs[iu]n(?:[iu]z)?|[ae]bilir)",
    "wish": r"\w{2,18}(?:s[ae]yd[iu]k?|s[ae]yd[iu]n[iu]z)",
    "told:him": r"\w{2,18}(?:tt[iu]r[iu]r[iu][mz]|d[iu]r[iu]r[iu][mz]|tt[iu]rd[iu][mk]|d[iu]rd[iu][mk])",
    "reported": r"\w{2,18}(?:m[iu]st[iu]|[iu]yordu|m[iu]ss[iu]n[iu]z|yorm[iu]ss[iu]n[iu]z)",
}
"""What the ending of a Turkish word tells."""
_OF_SENTENCES = {
    "sen": r"\b(?:sen|sana|seni|senin|sende|senden|seninle)\b",
    "had:done": r"\b(?:should(?:'ve| have)|if you had|you could have)\b|(?:كان عليك|كان يجب عليك|لو كنت|لو انك)",
    "if:you": r"\bif (?:you|it|your)\b|(?:^|\W)(?:اذا|ان|لو) ",
    "no:order": r"\b(?:don't|do not|never) \w+|(?:^|\W)لا ت\w{2,}",
    "order:many": r"\b\w{2,18}(?:[iu]n|[iu]n[iu]z|y[iu]n)\b" + _END,
    "order:one": r"\b(?:bekle|yaz|ver|git|gel|oku|sus|bak|sor|dinle|anla|ogren|al|yap|soyle|birak|kes|konusma|yazma|arama|sorma|uzatma|abartma|aglama|sizlanma|bagirma|ugrasma|isteme|gelme|gitme|alma|bekleme|ol|olma|dusun|utan|acele etme|zorlama|kurcalama|at|sur|ic|don|kapat|gonder|ara)\b"
    + _END,
    "order:english": r"(?:^|[.!?,:;]\s+|\b(?:and|then|so|just|please) )(?:take|stop|skip|put|apply|use|hold|give|pop|drop|halve|rinse|glue|snip|lance|try|get|go|look|read|learn|ask|tell|let|leave|come|order|cancel|forget|say|find|log|control|lose|treat|feel|breathe|keep)\b",
    "order:arabic": r"(?:^|[.!,]\s*|(?<!\w)ف)(?:خذ|خذي|ضع|ضعي|اترك|اتركي|اوقف|استعمل|استعملي|استخدم|افتح|قص|اعط|ادهن|استمر|تمضمض|اذهب|افعل|اكتب|تعال|تعالي|قل|ادفع|انس|ربوا|خففي|الغ|اشرب|ابحث)(?!\w)",
    "asks:you": r"\b(?:m[iu]s[iu]n(?:[iu]z)?|m[iu]yd[iu]n(?:[iu]z)?)\b|\b(?:are|do|did|can|have|could|is) (?:you|it)\b[^.!]{0,60}\?|(?:^|\W)(?:هل|الا|اما) [تا]\w+",
    "asks": r"\?",
    "asks:twice": r"\?[^?]{1,200}\?|\?{2,}|!\?|\?!",
    "asks:rhetoric": r"\b(?:kim|niye|neden|nasil|ne|nereye|kac)\b[^.?!]{0,50}\?|\b(?:who|why|what|which|how) [^.?!]{0,60}\?|(?:من|لماذا|ماذا|ما|كم|ايش|شو) [^.!?]{0,40}\?",
    "is:it": r"\bm[iu]\b[^.!?]{0,30}\?|\b(?:is|are|was|did|do|does)(?:n't)? (?:it|that|this|your|the|we)\b[^.!?]{0,50}\?",
    "that:much": r"\b(?:bu kadar|o kadar|ne kadar|bu kafayla|bu paraya|bu yasta|bu saatte|o parayla|o dislerle|o yuzle)\b|\b(?:so|such|that|how) (?:hard|difficult|much|bad|tight|a)\b",
    "even": r"\b(?:bile|bari|de mi|da mi|bir de|hem|ustelik|kalk\w{2,6})\b|\b(?:even|ever|at least|on top)\b|(?:حتي|ايضا)",
    "exclaims": r"!",
    "nobody": r"\b(?:kimse|hicbir|hic)\b|\b(?:nobody|no one|none|nothing|anyone|anybody)\b|(?:لا احد|ما حدا|احد)",
    "i:do": r"\bi(?:'ll| will|'m going to| can| could)\b|(?<!\w)سا\w{2,}",
    "we:do": r"\bwe(?:'ll| will|'re going to| can)\b|(?<!\w)سن\w{2,}",
    "we:did": r"\b(?:i|we)(?:'ve| have) \w+",
    "we:cannot": r"\b(?:can't|cannot|can not|unable|not able|isn't possible|don't have|won't be able)\b|(?:لا|لن) (?:ا|ن|يمكن)\w+",
    "they:not": r"\b(?:won't|will not|never|doesn't|isn't)\b|(?:^|\W)لن ",
    "will:be": r"\b(?:will|going to|it'll|'ll)\b|(?<!\w)س[يت]\w{2,}",
    "you:will": r"\byou(?:'ll| will| won't)\b|(?<!\w)ست\w{2,}",
    "must:have": r"\b(?:must have|must be|probably|obviously|clearly)\b",
    "has:got": r"\b(?:has|have) (?:reached|gone|got|become|worn)\b",
    "from:it": r"\b\w{2,18}(?:dan|den|tan|ten)d[iu]r\b|\b\w{3,18}(?:dan|den|tan|ten) (?:ol|kaynak)\w+|\b(?:comes from|caused by|because of|due to)\b|(?:بسبب|سببه|من القلق|من صرير)",
    "you:can": r"\byou can\b|(?:يمكنك|تستطيع)",
    "is:needed": r"\b(?:gerek|gerekir|gerekiyor|lazim|sart|yeter|yeterli|kafi)\b|\b(?:need|needs|needed|enough|required|will do)\b|(?:تكفي|يكفي|تحتاج|يلزم|عليك)",
    "not:needed": r"\b(?:gerek|luzum|ihtiyac)\w{0,4} (?:yok|kalma\w+|olma\w+|birakma\w+)|\b(?:no need|needn't|don't need|no .{2,20} needed)\b|(?:لا حاجه|لا داعي|لا تحتاج)",
    "with:figure": r"\d",
    "percent": r"%\s?\d|\d\s?%|yuzde|percent|بالمئه",
    "named": r"\b(?:dr|dt|op)\.? |\b(?:hanim|bey)\b|\b(?:mr|mrs|ms|miss)\.? |(?:السيد|السيده|الدكتور)",
    "bracketed": r"[\[({<][^\])}>]{6,200}[\])}>]",
    "quoted": r"[\"'«“][^\"'»”]{4,200}[\"'»”]",
    "code": r"\w_\w|[{}=]|\w\(\)|::|//",
    "smiles": r"[\u2600-\u27bf\U0001f300-\U0001faff]|:\)",
    "trails": r"\.{2,}|…",
    "three:figures": r"(?<!\d)\d{3,4}(?!\d)",
    "phone": r"\b0?5\d{2}[ -]?\d{3}",
    "wish": r"\bkeske\b|\bi wish\b|ليت",
    "if:even": r"\b\w{2,18}s[ae] (?:da|de|bile)\b|\b(?:even if|whether or not|or not)\b|(?:حتي لو|او غيره)",
    "reported": r"\bdeniyor\b|\byaziyor\b|\b(?:told (?:us|me)|noted that|says that)\b",
}
_ENDINGS = {name: re.compile(pattern) for name, pattern in _OF_WORDS.items()}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _OF_SENTENCES.items()}
_NAMED = re.compile(
    r"(?<=[\w,] )[A-ZÇĞİÖŞÜ][a-zçğıöşü]{2,14} (?:Bey|Hanım|[A-ZÇĞİÖŞÜ][a-zçğıöşü]{2,14})\b"
)
"""A first and a last name, or a name with its title, after the first word."""


@lru_cache(maxsize=1)
def _meanings() -> StemIndex:
    return StemIndex(_words())


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return words


@lru_cache(maxsize=1)
def _numbers() -> dict[str, int]:
    names = [*dict.fromkeys([*_OF_WORDS, *_OF_SENTENCES]), "full:name", *_words()]
    return {name: number for number, name in enumerate(names)}


@lru_cache(maxsize=32_768)
def _told_by_ending(word: str) -> frozenset[int]:
    """Kept: the words of a business are few."""
    numbers = _numbers()
    return frozenset(numbers[n] for n, pattern in _ENDINGS.items() if pattern.fullmatch(word))


COUNT = 256
"""More than there are signs."""


def signs(text: str, folded: str) -> set[int]:
    """The numbers of the signs of a sentence, each below `COUNT`."""
    numbers = _numbers()
    found = {numbers[name] for name, pattern in _PATTERNS.items() if pattern.search(folded)}
    for word in _WORD.findall(folded):
        found |= _told_by_ending(word)
    found |= {numbers[meaning] for _, _, meaning in _meanings().find(folded)}
    return found | {numbers["full:name"]} if _NAMED.search(text) else found
