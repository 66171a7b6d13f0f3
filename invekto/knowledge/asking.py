"""What a question asks about: its content words, the concepts they name, and the kind of answer
it wants (a price, a time, a place …)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from rapidfuzz import fuzz, process

from invekto.knowledge.attributes import Attribute, wanted, whether
from invekto.knowledge.glossary import Glossary, glossary
from invekto.knowledge.stemming import stopwords, within
from invekto.llm.embeddings import Rarity
from invekto.llm.terms import Term, terms

FUZZY = 80.0
"""Similarity (0–100) from where on a misspelt word counts as the other."""
LONGER = 200 / FUZZY - 1
"""Times as long as the other a word may be: similarity is the share of letters in common."""
FUZZY_WORTH = 0.75
CONCEPT_WORTH = 0.9
"""What a synonym counts against the word itself."""
WANT_WORTH = 0.6
"""Weight of the kind of answer against the usual weight of what is asked about."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing asked about. `stems` are its own; `single` and `phrases` mean the same, and
    `single` may hold the marker of a kind of answer that satisfies it, such as `#price`. `hints`
    are all stems that may speak of it. `thing`: it is no word that asks for an attribute; `own`:
    it is a name of the tenant's catalogue; `there`: it is what is asked whether there is."""

    stems: tuple[str, ...]
    weight: float
    hints: frozenset[str]
    single: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    wants: str = ""
    thing: bool = True
    own: bool = False
    there: bool = False

    def found(self, present: frozenset[str]) -> float:
        """How far these stems speak of it, 0 to 1."""
        there = present & self.hints
        if not there:
            return 0.0
        if there.issuperset(self.stems):
            return 1.0
        if not self.single.isdisjoint(there):
            return CONCEPT_WORTH
        if len(there) > 1 and any(map(there.issuperset, self.phrases)):
            return CONCEPT_WORTH
        if len(self.stems) == 1:
            return 0.0
        return 0.5 * sum(stem in there for stem in self.stems) / len(self.stems)

    def misspelt(self, present: Sequence[str]) -> float:
        """How far a misspelling of it is among these stems, which are ordered by length."""
        if len(self.stems) != 1 or len(self.stems[0]) < 4:
            return 0.0
        length = len(self.stems[0])
        first = bisect_left(present, length / LONGER, key=len)
        near = present[first : bisect_right(present, length * LONGER, lo=first, key=len)]
        best = process.extractOne(self.stems[0], near, scorer=fuzz.ratio, score_cutoff=FUZZY)
        return FUZZY_WORTH if best else 0.0


class Asking:
    """The units of a question and its numbers.

    Reranking looks at hundreds of sentences a question: units that are one plain stem are kept
    apart, so that a set intersection finds them, and sentences that share the same hints are
    weighed once. `hints` are all stems that may speak of any unit.
    """

    def __init__(
        self,
        units: tuple[Unit, ...],
        numbers: frozenset[str],
        words: Glossary,
        attribute: Attribute | None,
    ) -> None:
        self.units = units
        self.words = words
        self.attribute = attribute
        things = [unit for unit in units if unit.thing and not unit.wants]
        self.there = tuple(unit for unit in units if unit.there)
        own = [unit for unit in things if unit.own]
        self.own = bool(own)
        self.things = tuple(own or things)
        self.numbers = numbers
        self.total = sum(unit.weight for unit in units) or 1.0
        self.wants_price = any(unit.wants == "price" for unit in units)
        self.wants_duration = any(unit.wants == "duration" for unit in units)
        self._plain: dict[str, float] = {}
        self._other: list[Unit] = []
        for unit in units:
            if len(unit.hints) > 1:
                self._other.append(unit)
            else:
                self._plain[unit.stems[0]] = self._plain.get(unit.stems[0], 0.0) + unit.weight
        self.hints = frozenset(self._plain).union(*(unit.hints for unit in self._other))
        self._covered: dict[frozenset[str], float] = {frozenset(): 0.0}

    @property
    def wishes(self) -> bool:
        """Whether it wants to know something certain: a price, how many sessions …"""
        return self.attribute is not None or any(unit.wants for unit in self.units)

    def numbered(self, present: frozenset[str]) -> float:
        """The share of the question's numbers that are there, or within a range that is."""
        if not self.numbers:
            return 1.0
        there = [n in present or (len(n) <= 3 and within(n, present)) for n in self.numbers]
        return sum(there) / len(there)

    def of_thing(self, stems: frozenset[str]) -> float:
        """The share of the thing whose attribute is asked for that a text speaks of, 0 to 1."""
        whole = sum(unit.weight for unit in self.things)
        there = sum(u.weight * found for u, found in _spoken(self.things, stems))
        return there / whole if whole else 1.0

    def absent(self, stems: frozenset[str]) -> float:
        """How far the thing asked for ("kaş ekimi var mı") is not spoken of, 0 to 1."""
        return 1.0 - min((found for _, found in _spoken(self.there, stems)), default=1.0)

    def coverage(self, present: frozenset[str]) -> float:
        """The share of what is asked, by weight, that a text speaks of, 0 to 1."""
        return self.covered(present & self.hints)

    def covered(self, hinted: frozenset[str]) -> float:
        """The same of those of a text's stems that are `hints`."""
        if hinted not in self._covered:
            self._covered[hinted] = self._worth(hinted) / self.total
        return self._covered[hinted]

    def _worth(self, hinted: frozenset[str]) -> float:
        worth = sum(weight for stem, weight in self._plain.items() if stem in hinted)
        for unit in self._other:
            if not unit.hints.isdisjoint(hinted):
                worth += unit.weight * unit.found(hinted)
        return worth

    def lenient(self, hinted: frozenset[str], stems: Sequence[str]) -> tuple[float, float]:
        """Coverage where misspelt words count too, and the share of the weightiest thing asked
        that even so is not spoken of, both 0 to 1. `stems` are all of a text, ordered by length,
        `hinted` those of them that are `hints`."""
        worth = missing = 0.0
        for unit in self.units:
            there = unit.found(hinted) or unit.misspelt(stems)
            worth += unit.weight * there
            missing = max(missing, unit.weight * (1 - there))
        return worth / self.total, missing / self.total


def _spoken(units: Sequence[Unit], stems: frozenset[str]) -> Iterator[tuple[Unit, float]]:
    """Units with how far stems speak of each, misspelt ones included."""
    by_length = sorted(stems, key=len) if units else ()
    for unit in units:
        yield unit, unit.found(stems) or unit.misspelt(by_length)


def asking(
    question: str, language: str, rarity: Rarity | None = None, words: Glossary | None = None
) -> Asking:
    """The units of a question, weighted by rarity among the tenant's chunks where given."""
    words = words or glossary()
    found = terms(question, language)
    attribute, asked = attribute_of(question, language)
    there = _places(found, [whether(_joined(found)) or range(0)])
    units: list[Unit] = []
    taken: set[int] = set()
    for begin, finish, groups in words.mentions(found):
        part = found[begin:finish]
        taken |= set(range(begin, finish))
        thing = asked.isdisjoint(range(begin, finish))
        unit = _concept(words, part, groups, _weight(part, rarity))
        units.append(replace(unit, thing=thing, there=not there.isdisjoint(range(begin, finish))))
    for at, term in enumerate(found):
        if at not in taken and term.folded not in stopwords() and len(term.folded) > 1:
            units.append(replace(_word(term, rarity), thing=at not in asked, there=at in there))
    if not units:
        units = [_word(term, rarity) for term in found]
    numbers = frozenset(term.folded for term in found if term.folded.isdigit())
    return Asking(tuple(_levelled(units)), numbers, words, attribute)


def thing_words(question: str, language: str) -> str:
    """The words of a question that name a thing, without those that wish to know something of it;
    all where none is left."""
    found = terms(question, language)
    there = whether(_joined(found))
    if there is not None:
        return _joined([found[at] for at in sorted(_places(found, [there]))])
    asked = attribute_of(question, language)[1]
    words = glossary()
    for begin, finish, groups in words.mentions(found):
        if any(words.groups[group].wants for group in groups):
            asked |= frozenset(range(begin, finish))
    return _joined([term for at, term in enumerate(found) if at not in asked]) or question


def attribute_of(question: str, language: str) -> tuple[Attribute | None, frozenset[int]]:
    """What is asked of a thing, and the places of the words that ask for it: in the first line
    that asks for something."""
    before = 0
    for line in question.split("\n"):
        found = terms(line, language)
        said = wanted(_joined(found))
        if said is not None:
            attribute, spans = said
            return attribute, frozenset(before + at for at in _places(found, spans))
        before += len(found)
    return None, frozenset()


def _joined(found: Sequence[Term]) -> str:
    return " ".join(term.folded for term in found)


def _places(found: Sequence[Term], spans: Sequence[range]) -> frozenset[int]:
    """The places of the words that begin within spans of the joined ones."""
    begins = accumulate((len(term.folded) + 1 for term in found), initial=0)
    places = enumerate(begins)
    return frozenset(at for at, begin in places if any(begin in span for span in spans))


def _word(term: Term, rarity: Rarity | None) -> Unit:
    return Unit((term.stem,), _weight([term], rarity), frozenset((term.stem,)))


def _concept(words: Glossary, part: Sequence[Term], groups: tuple[int, ...], weight: float) -> Unit:
    stems = tuple(term.stem for term in part)
    first, *more = (words.groups[group] for group in groups)
    wants = first.wants or next((group.wants for group in more if group.wants), "")
    return Unit(
        stems,
        weight,
        first.hints.union(stems, *(group.hints for group in more)),
        first.single.union(*(group.single for group in more)),
        first.phrases.union(*(group.phrases for group in more)),
        wants,
        own=any(group >= words.shipped for group in groups),
    )


def _levelled(units: list[Unit]) -> list[Unit]:
    """A wanted kind of answer counts a fixed share of what the rest of the question counts."""
    rest = [unit.weight for unit in units if not unit.wants]
    if not rest:
        return units
    usual = WANT_WORTH * sum(rest) / len(rest)
    return [replace(unit, weight=usual) if unit.wants else unit for unit in units]


def _weight(part: Sequence[Term], rarity: Rarity | None) -> float:
    if rarity is None:
        return 1.0
    return max(rarity.idf(term) for term in part)
