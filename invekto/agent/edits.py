"""Whether a person's edit of a draft says that the draft was wrong.

Material: facts, numbers, dates, prices, sizes, links, an offered action, negation, meaning.
Cosmetic: greeting, tone, typo, word order of whole sentences, formatting of the same number.

The judgement is careful: an edit is cosmetic only where every difference is explained as such;
what is not understood is material, since a wrong "cosmetic" would count an error as success.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from rapidfuzz.distance import DamerauLevenshtein

from invekto.text.fold import fold
from invekto.text.lemma import lemma
from invekto.text.money import Money, find_money
from invekto.text.numbers import find_numbers
from invekto.text.times import TimeMention, find_times

WHEN = datetime(2026, 1, 14, 12, tzinfo=UTC)
"""Relative days of both texts are read from the same moment; which one does not matter."""
LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+", re.IGNORECASE)
PHONE = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){9,15}(?!\d)")
SENTENCE = re.compile(r"(?<=[.!?…؟])\s+|\n+|\s[•▪–-]\s")
CLAUSE = re.compile(r"[,;،]\s|\s(?:ve|and)\s|\sو")
SIZE = re.compile(r"(?:\d?x{0,3}[sl]|m|std)")
NAMED = re.compile(
    r"\b(?:sayin|sevgili|dear|mr\.?|mrs\.?|ms\.?)\s+[^\W\d_]+|[^\W\d_]+\s+(?:hanim|bey)\b"
)
WEEKDAY = re.compile(r"(?:pazartesi|sali|carsamba|persembe|cuma|cumartesi|pazar)\b")
TURKISH_NO = re.compile(
    r"m[ae]z(?:$|[ls])|m[iu]yor|m[ae]d[iu]|m[ae]y[ae]c|m[ae]mis|m[ae]m[ae]|m[ae]yi[nz]"
    r"|m[ae]sin(?:l[ae]r|iz)?$"
)
WITHOUT = re.compile(r"s[iu]z(?:$|d[iu]r|l)")
TURKISH_PAST = re.compile(r"(?:[dt][iu](?:k|m|n|niz|nuz|ler|lar)?|m[iu]st[iu]r|m[iu]s[a-z]{0,4})$")
TURKISH_FUTURE = re.compile(r"[ae]c[ae][kg]")
TURKISH_ABLE = re.compile(r"[ae]bil")
TURKISH_MUST = re.compile(r"m[ae]l[iu]")
REQUEST = re.compile(r"(?:[ae]bil)?[iau]?r (?=m[iu](?:s[iu]n|y[iu]))")
"""yazabilir misiniz, yazar mısınız: a request, like yazın."""
YOU = re.compile(r"siz(?:e|i|in|de|den|inle)?|sen(?:i|in|de|den)?|sana")
WE = re.compile(r"biz(?:e|i|im|de|den|imle)?|ben(?:i|im|de|den)?|bana")
BIDDING = re.compile(r"y?[iu]n(?:[iu]z)?")
CONTRACTED = re.compile(r"n't\b")
EMPTY_VERBS = frozenset({"et", "ol", "yap", "bulun", "ver", "yok", "degil"})
"""Negated, they say no more than "yok"."""


@dataclass(frozen=True, slots=True)
class EditJudgement:
    """`reasons` say what differs, in a word and an example: `number: 3 → 5`, `greeting`."""

    material: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as it is compared: facts by kind, and the words outside of them, sentence by
    sentence."""

    facts: dict[str, Counter[str]]
    sentences: tuple[tuple[str, ...], ...]
    clauses: tuple[tuple[tuple[str, ...], ...], ...]

    @property
    def words(self) -> Counter[str]:
        return Counter(word for sentence in self.sentences for word in sentence)


def judge_edit(before: str, after: str, language: str) -> EditJudgement:
    """Judge the change from a draft to what was sent. Never raises on any text.

    Args:
        language: tr, en or ar; others are read as English.
    """
    language = language if language in ("tr", "en", "ar") else "en"
    if _letters(before) == _letters(after):
        return EditJudgement(False, ("typography",) if before != after else ())
    old, new = _read(before, language), _read(after, language)
    facts = tuple(_fact_changes(old, new))
    if facts:
        return EditJudgement(True, facts)
    meaning = tuple(_word_changes(old, new, language)) or tuple(_order_changes(old, new))
    if meaning:
        return EditJudgement(True, meaning)
    return EditJudgement(False, ("wording",))


def stated(text: str, language: str, when: datetime = WHEN) -> dict[str, Counter[str]]:
    """What a text of `when` states, by kind (money, time, number, link, phone …), as values."""
    return _read(text, language if language in ("tr", "en", "ar") else "en", when).facts


def _bare(text: str) -> str:
    """Without emoji, invisible characters and punctuation that carries no fact."""
    kept = [c for c in text if unicodedata.category(c) not in ("So", "Cf", "Sk", "Mn", "Cs")]
    return re.sub(r"[!…\"()*_~]+|(?<!\d)[.,:;]+|[.,:;]+(?!\d)|\?", " ", "".join(kept))


def _letters(text: str) -> tuple[str, list[str]]:
    """All letters without their spaces, and the runs of digits, which spaces part."""
    plain = fold(_bare(text))
    return "".join(plain.split()), re.findall(r"\d+", plain)


def _read(text: str, language: str, when: datetime = WHEN) -> _Read:
    facts: dict[str, Counter[str]] = {}
    clean = "".join(c for c in text if unicodedata.category(c) not in ("So", "Cf", "Sk", "Cs"))
    for kind, pattern in (("link", LINK), ("phone", PHONE)):
        clean = _taken(clean, kind, pattern, facts)
    facts["name"] = Counter(match.group() for match in NAMED.finditer(fold(clean)))
    clean = _without(clean, (_courtesy(language), NAMED))
    clean = _without(_numbers(clean, language, facts, when), (_clauses(language),))
    sentences = [s for s in SENTENCE.split(clean) if s.strip()]
    return _Read(
        facts,
        tuple(_words(s) for s in sentences),
        tuple(tuple(_words(c) for c in CLAUSE.split(s)) for s in sentences),
    )


def _taken(text: str, kind: str, pattern: re.Pattern[str], facts: dict[str, Counter[str]]) -> str:
    found = [match.group().rstrip(".,;:!?)") for match in pattern.finditer(text)]
    if kind == "phone":
        found = [re.sub(r"\D", "", number)[-10:] for number in found]
    facts[kind] = Counter(one.lower() for one in found)
    return pattern.sub(" ", text)


def _numbers(text: str, language: str, facts: dict[str, Counter[str]], when: datetime) -> str:
    """Money, dates and other numbers as values; the text without them."""
    spans: list[tuple[int, int]] = []
    marks: dict[int, str] = {}
    for kind, found in (
        ("money", [(m, _money(m)) for m in find_money(text, language)]),
        ("time", [(t, _moment(t)) for t in find_times(text, language, when)]),
        ("number", [(n, _amount(n.value, n.max)) for n in find_numbers(text, language)]),
    ):
        facts[kind] = Counter()
        for mention, value in found:
            if any(mention.begin < b and a < mention.finish for a, b in spans):
                continue
            if kind == "number" and mention.text.lower() in ("bir", "a", "an", "one"):
                continue
            spans.append((mention.begin, mention.finish))
            said_again = WEEKDAY.match(fold(mention.text)) and _beside_date(mention.begin, spans)
            if said_again:
                facts.setdefault("weekday", Counter())[fold(mention.text)[:4]] += 1
            else:
                facts[kind][value] += 1
            marks[mention.begin] = " " if said_again else f" §{value.replace(' ', '_')} "
    for begin, finish in sorted(spans, reverse=True):
        text = text[:begin] + marks[begin] + text[finish:]
    return text


def _money(money: Money) -> str:
    return f"{_amount(money.min, money.max)} {money.currency}"


def _moment(time: TimeMention) -> str:
    """As a person would say it; a time on a day is the day and the clock."""
    ends = [
        str(end).replace("+00:00", "").replace(":00:00", ":00") for end in (time.start, time.end)
    ]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def _amount(low: Decimal | None, high: Decimal | None) -> str:
    ends = [f"{end.normalize():f}" for end in (low, high) if end is not None]
    return "–".join(dict.fromkeys(ends))


def _beside_date(begin: int, spans: list[tuple[int, int]]) -> bool:
    """A weekday right behind a date only says it again."""
    return any(0 <= begin - finish <= 3 for _, finish in spans[:-1])


def _words(sentence: str) -> tuple[str, ...]:
    plain = REQUEST.sub(" ", fold(sentence))
    plain = CONTRACTED.sub(r" not", plain)
    return tuple(
        word if word.startswith("§") else word.split("'")[0]
        for word in re.findall(r"§\S+|[^\W_]+(?:'[^\W_]+)?", plain)
    )


def _without(text: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    """What courtesy patterns match in the folded text, blanked out."""
    folded = fold(text)
    if len(folded) != len(text):
        text = folded
    for pattern in patterns:
        for match in pattern.finditer(folded):
            blank = " " * (match.end() - match.start())
            text = text[: match.start()] + blank + text[match.end() :]
    return text


def _fact_changes(old: _Read, new: _Read) -> Iterable[str]:
    for kind in old.facts:
        if kind in ("weekday", "name") and not (old.facts[kind] and new.facts.get(kind)):
            continue
        gone, come = old.facts[kind] - new.facts[kind], new.facts[kind] - old.facts[kind]
        if set(gone) - set(new.facts[kind]) or set(come) - set(old.facts[kind]):
            yield f"{kind}: {_list(gone)} → {_list(come)}"


def _word_changes(old: _Read, new: _Read, language: str) -> Iterable[str]:
    """Words that are gone or new, after those that say the same are paired off."""
    gone, come = list((old.words - new.words).elements()), list((new.words - old.words).elements())
    if language == "tr" and (_other_side(gone, come) or _other_side(come, gone)):
        yield f"who: {_list(gone)} → {_list(come)}"
        return
    gone = [w for w in (old.words - new.words).elements() if not _says_nothing(w, language)]
    come = [w for w in (new.words - old.words).elements() if not _says_nothing(w, language)]
    for word in list(gone):
        other = next((w for w in come if _same(word, w, language)), None)
        if other is not None:
            gone.remove(word)
            come.remove(other)
    gone = [w for w in gone if not _repeats(w, new, language)]
    come = [w for w in come if not _repeats(w, old, language)]
    if gone or come:
        turned = [w for w in (*gone, *come) if _negative(w, language)]
        yield f"{'negation' if turned else 'meaning'}: {_list(gone)} → {_list(come)}"


def _order_changes(old: _Read, new: _Read) -> Iterable[str]:
    """The same words and facts bound together in another way: who gets what may differ. Whole
    sentences and clauses may change places."""
    before = [h for s in old.sentences for h in _hard(s)]
    after = [h for s in new.sentences for h in _hard(s)]
    if before == after or _clause_bags(old) == _clause_bags(new):
        return
    if Counter(map(_hard, old.sentences)) != Counter(map(_hard, new.sentences)):
        yield f"order: {' '.join(before)} → {' '.join(after)}"


def _clause_bags(read: _Read) -> Counter[frozenset[str]]:
    return Counter(
        frozenset(word[:5] if not word.startswith("§") else word for word in clause)
        for sentence in read.clauses
        for clause in sentence
        if clause
    )


def _hard(sentence: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a sentence that must keep their order: sizes and places of facts."""
    return tuple(w for w in sentence if w.startswith("§") or SIZE.fullmatch(w))


def _other_side(gone: list[str], come: list[str]) -> bool:
    """You became we: who pays, who calls, who is meant."""
    return any(map(YOU.fullmatch, gone)) and any(map(WE.fullmatch, come))


def _says_nothing(word: str, language: str) -> bool:
    if word.startswith("§"):
        return True
    if _negative(word, language) or SIZE.fullmatch(word):
        return False
    plain = _table(language)["plain"]
    if word in plain:
        return True
    return len(word) > 2 and lemma(word, language) in plain and not _form(word, language)


def _same(one: str, two: str, language: str) -> bool:
    """Two words that say the same: inflected, misspelt, or synonyms; with the same tense, ability
    and negation."""
    if SIZE.fullmatch(one) or SIZE.fullmatch(two):
        return False
    if _negative(one, language) != _negative(two, language):
        return False
    if _form(one, language) != _form(two, language):
        return False
    first, second = lemma(one, language), lemma(two, language)
    if first == second or _concepts(one, language) & _concepts(two, language):
        return True
    if language == "tr" and (_bids(one, two) or _bids(two, one)):
        return True
    if min(len(one), len(two)) > 3 and (one.startswith(two) or two.startswith(one)):
        return True
    if any(c.isdigit() for c in one + two) or min(len(one), len(two)) < 5:
        return _empty_no(one, first, language) and _empty_no(two, second, language)
    if _empty_no(one, first, language) and _empty_no(two, second, language):
        return True
    most = 1 if min(len(one), len(two)) < 9 else 2
    return one[0] == two[0] and DamerauLevenshtein.distance(one, two) <= most


def _bids(stem: str, word: str) -> bool:
    """yaz (of: yazar mısınız) and yazın, yazınız."""
    return word.startswith(stem) and bool(BIDDING.fullmatch(word[len(stem) :]))


def _empty_no(word: str, stem: str, language: str) -> bool:
    return language == "tr" and stem in EMPTY_VERBS and _negative(word, language)


def _repeats(word: str, other: _Read, language: str) -> bool:
    """Said on the other side as well, in another form: said twice is said once."""
    return not _negative(word, language) and any(
        lemma(word, language) == lemma(w, language) and _form(w, language) == _form(word, language)
        for w in other.words
        if not w.startswith("§") and not _negative(w, language)
    )


def _negative(word: str, language: str) -> bool:
    if word in _table(language)["negative"]:
        return True
    if language != "tr" or len(word) < 5:
        return False
    return bool(TURKISH_NO.search(_ending(word)) or WITHOUT.search(word))


def _ending(word: str) -> str:
    """What follows the lemma of a Turkish word; the whole word where it changed its shape."""
    stem = lemma(word, "tr")
    return word[len(stem) :] if word.startswith(stem) else word


def _form(word: str, language: str) -> tuple[bool, ...]:
    """Tense, ability and duty of a Turkish verb, as far as its endings tell."""
    if language != "tr" or len(word) < 5:
        return ()
    marks = (TURKISH_PAST, TURKISH_FUTURE, TURKISH_ABLE, TURKISH_MUST)
    found = tuple(bool(mark.search(_ending(word))) for mark in marks)
    return found if any(found) else ()


def _concepts(word: str, language: str) -> frozenset[int]:
    """Synonym groups of a word, by its lemma and by what it begins with."""
    same: dict[str, frozenset[int]] = _table(language)["same"]
    found = set(same.get(lemma(word, language), ()))
    for length in range(5, len(word) + 1):
        found |= same.get(word[:length], frozenset())
    return frozenset(found)


def _list(words: Iterable[str]) -> str:
    return ", ".join(list(words)[:4]) or "—"


@cache
def _table(language: str) -> dict[str, Any]:
    raw = yaml.safe_load(files("invekto.agent").joinpath("edit_words.yaml").read_text("utf-8"))
    table = raw[language]
    same: dict[str, set[int]] = {}
    for number, words in enumerate(table["same"]):
        for word in words:
            same.setdefault(fold(word), set()).add(number)
    return {
        "plain": frozenset(fold(table["plain"]).split()),
        "negative": frozenset(fold(table["negative"]).split()),
        "same": {word: frozenset(numbers) for word, numbers in same.items()},
        "opens": [fold(str(phrase)) for phrase in table["opens"]],
        "closes": [fold(str(phrase)) for phrase in table["closes"]],
        "courtesy": sorted((fold(str(p)) for p in table["courtesy"]), key=len, reverse=True),
    }


@cache
def _clauses(language: str) -> re.Pattern[str]:
    """Clauses without a digit that a word of courtesy opens or closes."""
    opens = "|".join(re.escape(phrase) for phrase in _table(language)["opens"])
    closes = "|".join(re.escape(phrase) for phrase in _table(language)["closes"])
    inside = r"[^.,;!?\n\d؟،]"
    return re.compile(
        rf"(?<!\w)(?:{opens})(?!\w){inside}*|(?<![^.,;!?\n؟، ]){inside}*?(?<!\w)(?:{closes})(?!\w)"
    )


@cache
def _courtesy(language: str) -> re.Pattern[str]:
    phrases = "|".join(re.escape(phrase) for phrase in _table(language)["courtesy"])
    return re.compile(rf"(?<!\w)(?:{phrases})(?!\w)")
