"""Words of a language's time grammar, and the items a text becomes before rules are applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from invekto.text.cases import PLAIN, SEPARATE, case_of
from invekto.text.fold import fold
from invekto.text.numerals import number_words, read_words
from invekto.text.resources import resource
from invekto.text.tokens import LONGEST_WORD, Token, tokenise

OTHER = "other"
_TAIL = re.compile(r"'?([^\W\d_]+)")
_DATE = re.compile(r"(?<![\d.,/:-])(\d{1,2})([./-])(\d{1,2})\2(20\d\d|\d\d)(?!\d|[.,/:]\d)")
_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_PAIR = re.compile(
    r"(?<![\d.,/:+])(\d{1,2})([./:])(\d{1,2})(?![\d/]|[.,:]\d)(?:(?<=[./]\d\d)\.(?=[ ]|$))?"
)
_FOLLOWING = re.compile(r" ?([^\W\d_]+|[%€₺$£])")
_LONG = re.compile(r"\+?\d[\d ()-]{7,}\d")
_SIGNS = {"-": "dash", ",": "comma", ".": "stop", "!": "stop", "?": "stop", "…": "stop"}
_FRACTIONS = {(1, 2), (1, 3), (1, 4), (2, 3), (3, 4), (7, 24), (5, 5), (10, 10)}
_BEFORE_NUMBER = frozenset("%$€£₺#+*x")


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of `text[begin:finish]`: `kind` and `case` are what rules see, `value` what it
    means, `size` how many digits it was written with (0: in words)."""

    kind: str
    value: Any
    begin: int
    finish: int
    case: str = PLAIN
    size: int = 0
    word: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str
    value: Any
    words: tuple[str, ...]
    cases: str | None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`entries` by first word; `suffixed` where Turkish suffixes may follow; `prefixes` are
    one-letter words written together with the next one (Arabic)."""

    language: str
    entries: dict[str, tuple[Entry, ...]]
    suffixed: bool
    prefixes: dict[str, str]
    article: str
    units: frozenset[str]
    tails: dict[str, tuple[str, Any]]
    longest: int
    skeletons: dict[str, Entry]


def skeleton(word: str) -> str:
    """The consonants of a folded word, doubled ones once."""
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiou]", "", word))


_MIN_SKELETON = 5


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of grammar/`language`.yaml."""
    table: dict[str, Any] = resource(f"grammar/{language}.yaml")
    entries: dict[str, list[Entry]] = {}
    for row in table["words"]:
        for value, phrases in (
            row["is"].items() if isinstance(row["is"], dict) else [(0, row["is"])]
        ):
            for phrase in phrases:
                words = tuple(fold(str(phrase)).split())
                entry = Entry(row["kind"], value, words, row.get("cases"))
                entries.setdefault(words[0], []).append(entry)
    ordered = {k: tuple(sorted(v, key=lambda e: -len(e.words))) for k, v in entries.items()}
    return Lexicon(
        language,
        ordered,
        bool(table.get("suffixed")),
        {fold(p): kind for p, kind in table.get("prefixes", {}).items()},
        str(table.get("article", "")),
        frozenset(fold(str(unit)) for unit in table.get("units", ())),
        {
            t: (kind, v)
            for kind, rows in table.get("tails", {}).items()
            for v, ts in rows.items()
            for t in ts
        },
        max(len(k) for k in ordered),
        {
            skeleton(e.words[0]): e
            for es in ordered.values()
            for e in es
            if e.kind in ("weekday", "relday", "month")
            and len(e.words) == 1
            and len(skeleton(e.words[0])) >= _MIN_SKELETON
            and e.words[0].isascii()
        },
    )


def items_of(text: str, language: str) -> list[Item]:
    """Folded text as items, left to right; what the grammar does not know has kind `other`."""
    return list(_Reader(text, lexicon(language)).read())


class _Reader:
    """One pass over the tokens of one text."""

    def __init__(self, text: str, words: Lexicon) -> None:
        self.text = text
        self.words = words
        self.tokens = tokenise(text, arabizi=words.language == "ar")

    def read(self) -> Iterator[Item]:
        at = 0
        while at < len(self.tokens):
            found = self._at(at)
            yield from found
            end = found[-1].finish
            at += 1
            while at < len(self.tokens) and self.tokens[at].begin < end:
                at += 1

    def _at(self, at: int) -> list[Item]:
        token = self.tokens[at]
        if len(token.text) > LONGEST_WORD:
            return [Item(OTHER, None, token.begin, token.finish)]
        if token.digits or token.text == "+":
            number = self._digits(at)
            if number is not None:
                return [number]
        phrase = self._phrase(at)
        if phrase is not None:
            return [phrase]
        if not token.digits:
            spoken = self._spoken(at)
            if spoken is not None:
                return [spoken]
            prefixed = self._prefixed(at)
            if prefixed:
                return prefixed
        kind = _SIGNS.get(token.text, OTHER)
        return [Item(kind, None, token.begin, token.finish, word=token.text)]

    # -- numbers -------------------------------------------------------------------------------

    def _digits(self, at: int) -> Item | None:
        token = self.tokens[at]
        begin = token.begin
        iso = _ISO.match(self.text, begin)
        if iso:
            return self._suffixed("fulldate", _calendar(*map(int, iso.groups())), begin, iso.end())
        full = _DATE.match(self.text, begin)
        if full:
            return self._suffixed("fulldate", _full_date(full), begin, full.end())
        long = _LONG.match(self.text, begin)
        if long and sum(c.isdigit() for c in long.group()) >= 9:
            return Item(OTHER, None, begin, long.end())
        if not token.digits:
            return None
        pair = _PAIR.match(self.text, begin)
        if pair:
            return self._pair(pair)
        return self._plain_number(at)

    def _pair(self, pair: re.Match[str]) -> Item:
        first, mark, second = int(pair.group(1)), pair.group(2), int(pair.group(3))
        begin, end = pair.span()
        two = len(pair.group(3)) == 2
        kind = OTHER
        if mark == ":" and first < 25 and second < 60 and two:
            kind = "clock"
        elif mark == "." and (two or self.text[end - 1] == "."):
            kind = "dotted"
        elif mark == "/" and (first, second) not in _FRACTIONS:
            kind = "slashed"
        size = len(pair.group(1))
        item = self._suffixed(kind, (first, second), begin, end, size)
        return self._unless_unit(item)

    def _plain_number(self, at: int) -> Item:
        token = self.tokens[at]
        end = token.begin + len(token.digits)
        before = self.text[token.begin - 1] if token.begin else " "
        after = self.text[end : end + 2]
        decimal = len(after) == 2 and after[0] in ".,:/" and after[1].isdigit()
        tied = (
            before in _BEFORE_NUMBER or before in ".,:/" or after[:1] in ("%", "+", "€", "₺", "$")
        )
        if len(token.digits) > 4 or tied or decimal:
            return Item(OTHER, None, token.begin, token.finish)
        value = int(token.digits)
        kind = "yearnum" if len(token.digits) == 4 and 1990 <= value <= 2100 else "number"
        tail = self.words.tails.get(token.tail) if token.tail else None
        if tail is not None:
            return Item(
                tail[0], (value, tail[1]), token.begin, token.finish, size=len(token.digits)
            )
        item = self._suffixed(kind, value, token.begin, end, len(token.digits))
        return self._unless_unit(item)

    def _suffixed(self, kind: str, value: Any, begin: int, end: int, size: int = 0) -> Item:
        """The item with a suffix that is written at it or (Turkish) as a word of its own."""
        tail = _TAIL.match(self.text, end)
        if tail is not None:
            case = case_of(tail.group(1)) if self.words.suffixed else None
            if case is None or (tail.end() < len(self.text) and self.text[tail.end()].isdigit()):
                unit = tail.group(1) in self.words.entries and tail.group(0)[0] != "'"
                kind = kind if unit else OTHER
                return Item(kind, value, begin, end if unit else tail.end(), size=size)
            return Item(kind, value, begin, tail.end(), case, size)
        apart = _TAIL.match(self.text, end + 1) if self.words.suffixed else None
        if apart is not None and self.text[end] == " " and self._is_apart(apart):
            case = case_of(apart.group(1))
            return Item(kind, value, begin, apart.end(), case or PLAIN, size)
        return Item(kind, value, begin, end, size=size)

    def _is_apart(self, tail: re.Match[str]) -> bool:
        """A suffix written apart; not the first half of `ya da`."""
        word = tail.group(1)
        return word in SEPARATE and not (word == "ya" and self.text.startswith(" da", tail.end()))

    def _unless_unit(self, item: Item) -> Item:
        """A number before a unit that is no time is nothing for this grammar."""
        if item.case not in (PLAIN, "d"):
            return item
        following = _FOLLOWING.match(self.text, item.finish)
        if following is None:
            return item
        is_unit = self._is_unit(following.group(1))
        return Item(OTHER, None, item.begin, item.finish) if is_unit else item

    def _is_unit(self, word: str) -> bool:
        if word in self.words.units or word in "%€₺$£":
            return True
        return self.words.suffixed and any(
            word[:cut] in self.words.units and case_of(word[cut:]) is not None
            for cut in range(1, min(len(word), 12))
        )

    def _spoken(self, at: int) -> Item | None:
        """A number in words."""
        read = read_words(self.tokens, at, self.words.language)
        if read is None or read.value > 9999:
            return None
        kind = "pronoun" if self._is_pronoun(at, read.count) else "number"
        begin = self.tokens[at].begin
        return self._unless_unit(Item(kind, int(read.value), begin, read.finish, read.case))

    def _is_pronoun(self, at: int, count: int) -> bool:
        return count == 1 and self.tokens[at].text in number_words(self.words.language).pronouns

    # -- words ---------------------------------------------------------------------------------

    def _phrase(self, at: int) -> Item | None:
        """The longest entry that begins at token `at`."""
        token = self.tokens[at]
        best: Item | None = None
        for spelling in self._spellings(token.text):
            for size in range(min(len(spelling), self.words.longest), 0, -1):
                for entry in self.words.entries.get(spelling[:size], ()):
                    found = self._entry(entry, at, spelling)
                    if found is not None and (best is None or found.finish > best.finish):
                        best = found
                if not self.words.suffixed and size < len(spelling) and "'" not in spelling:
                    break
            if best is not None:
                break
        return best or self._misspelt(token)

    def _misspelt(self, token: Token) -> Item | None:
        """A weekday or month whose consonants are right: prsmbe, çarşmaba."""
        for cut in range(len(token.text), 4, -1):
            entry = self.words.skeletons.get(skeleton(token.text[:cut]))
            case = (
                case_of(token.text[cut:])
                if self.words.suffixed
                else None
                if token.text[cut:]
                else PLAIN
            )
            if entry is not None and case is not None:
                return Item(
                    entry.kind, entry.value, token.begin, token.finish, case, word=entry.words[0]
                )
        return None

    def _spellings(self, word: str) -> list[str]:
        spelt = [word]
        if self.words.article and word.startswith(self.words.article):
            spelt.append(word[len(self.words.article) :])
        single = re.sub(r"(.)\1+", r"\1", word)
        if single != word and word[:1].isalpha():
            spelt.append(single)
        return spelt

    def _entry(self, entry: Entry, at: int, spelling: str) -> Item | None:
        last = at + len(entry.words) - 1
        if last >= len(self.tokens):
            return None
        for offset, word in enumerate(entry.words[:-1]):
            seen = spelling if offset == 0 else self.tokens[at + offset].text
            if seen != word and not (self.words.article and seen == self.words.article + word):
                return None
        end = spelling if last == at else self.tokens[last].text
        case = self._case(entry, end)
        if case is None:
            return None
        return Item(
            entry.kind, entry.value, self.tokens[at].begin, self.tokens[last].finish, case,
            word=entry.words[0],
        )  # fmt: skip

    def _case(self, entry: Entry, word: str) -> str | None:
        stem = entry.words[-1]
        if word == stem or (self.words.article and word == self.words.article + stem):
            case: str | None = PLAIN
        elif self.words.suffixed and word.startswith(stem):
            case = case_of(word[len(stem) :].lstrip("'"))
        else:
            return None
        if case is None or (entry.cases is not None and case not in entry.cases):
            return None
        return case

    def _prefixed(self, at: int) -> list[Item]:
        """An Arabic word with a one-letter word before it: two items."""
        token = self.tokens[at]
        for prefix, kind in self.words.prefixes.items():
            rest = token.text[len(prefix) :]
            if not token.text.startswith(prefix) or len(rest) < 2 or token.glued:
                continue
            inner = _Reader("", self.words)
            cut = Token(rest, token.begin + len(prefix), token.finish, glued=True)
            inner.tokens = [cut, *self.tokens[at + 1 : at + self.words.longest]]
            found = inner._phrase(0) or inner._spoken(0)
            if found is not None:
                return [Item(kind, 0, token.begin, token.begin + len(prefix)), found]
        return []


def _full_date(match: re.Match[str]) -> date | None:
    day, month, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
    year += 2000 if year < 100 else 0
    return _calendar(year, month, day) or _calendar(year, day, month)


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
