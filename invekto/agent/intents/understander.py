"""What a message says: intents, entities, answer to our question, mood."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from invekto.agent.intents import watch
from invekto.agent.intents.burst import matter
from invekto.agent.intents.concepts import lexicon_text
from invekto.agent.intents.corpus import load_packs, read_examples
from invekto.agent.intents.dialogue.answer import Question, read_answer
from invekto.agent.intents.dialogue.aside import TIMES, is_a_request, may_ask_else, without_times
from invekto.agent.intents.dialogue.options import OTHER
from invekto.agent.intents.dialogue.politeness import beside_politeness, says_more
from invekto.agent.intents.doubt import worth_offering
from invekto.agent.intents.entities.find import find_entities
from invekto.agent.intents.features import Floats
from invekto.agent.intents.labelled import outside_score
from invekto.agent.intents.model import IntentModel, Mask
from invekto.agent.intents.mood import sentiment, urgency
from invekto.agent.intents.overlay import Overlay
from invekto.agent.intents.requests import (
    Cut,
    best_cut,
    chance_of_two,
    only_part,
    ways_to_cut,
    with_parts,
)
from invekto.agent.intents.store import data_hash, load_or_train
from invekto.agent.intents.topics import topic_tags
from invekto.agent.intents.tuning import tuning
from invekto.agent.intents.words import TenantWords
from invekto.contracts.understanding import DialogueAnswer, IntentGuess, Understanding
from invekto.settings import Settings
from invekto.text.language import detect
from invekto.text.normalise import clean

SHOP_PACK = "ecommerce"
OUT_OF_SCOPE = "out_of_scope"
EMERGENCY = "emergency"
SURE_OF_EXTRA = 0.8
"""Probability from which a request beside an answer to our question counts."""
_EXTRA_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Reading:
    """Probabilities within the packs, and their labels."""

    odds: Floats
    labels: tuple[str, ...]

    def guess(self, place: int) -> IntentGuess:
        return IntentGuess(self.labels[place], float(self.odds[place]))

    def of(self, name: str) -> float:
        return float(self.odds[self.labels.index(name)]) if name in self.labels else 0.0

    def best(self, count: int = 5) -> tuple[IntentGuess, ...]:
        order = np.argsort(-self.odds, kind="stable")[:count]
        return tuple(self.guess(int(place)) for place in order if self.odds[place] > 0)


@dataclass(frozen=True, slots=True)
class Read:
    """The intents of a message; `outside` is higher the less it belongs to any of them."""

    understanding: Understanding
    outside: float

    @property
    def intents(self) -> tuple[IntentGuess, ...]:
        """The requests in order of mention."""
        return self.understanding.intents

    @property
    def alternatives(self) -> tuple[IntentGuess, ...]:
        """The likeliest intents of the whole message."""
        return self.understanding.alternatives

    @property
    def main(self) -> IntentGuess:
        """The first request."""
        return self.understanding.main

    @property
    def answered(self) -> bool:
        """Whether the system acts on it; an emergency it is not sure of goes to a person."""
        sure = tuning().answer_from.get(self.understanding.language, 0.7)
        passed_on = self.main.name == EMERGENCY and self.main.probability < sure
        return self.understanding.answered and not passed_on


class Understander:
    """The shared model with its packs; immutable, shared by all turns of a process."""

    def __init__(self, model: IntentModel, packs: dict[str, tuple[str, ...]], version: str) -> None:
        self.model = model
        self.version = version
        self._packs = packs
        self._masks: dict[tuple[str, ...], Mask] = {}

    @classmethod
    def load(
        cls, settings: Settings, taxonomies: Sequence[Path] = (), training: Sequence[Path] = ()
    ) -> Understander:
        """The kept model, or a new one trained from the examples (under two minutes).

        Args:
            taxonomies: taxonomy files, when a sector extension brings its own.
            training: folders of further examples for them.
        """
        examples = read_examples(extra=tuple(training))
        version = data_hash(examples, lexicon_text())
        model = load_or_train(
            settings.data_dir / "models",
            f"intents-{version}",
            IntentModel,
            lambda: IntentModel.train([e.text for e in examples], [e.intent for e in examples]),
        )
        return cls(model, load_packs(*taxonomies), version)

    def understand(
        self,
        text: str,
        *,
        packs: tuple[str, ...],
        now: datetime,
        default_language: str = "tr",
        language_hint: str | None = None,
        asked: Question | None = None,
        words: TenantWords | None = None,
        overlay: Overlay | None = None,
    ) -> Understanding:
        """Reads one message (or several joined by line ends) of a tenant with `packs`; never
        raises on any text.

        Args:
            now: the moment of the message, with its timezone.
            language_hint: what the customer wrote in before; decides very short messages.
            asked: the question of ours that waits for an answer.
            words: the tenant's names.
            overlay: the tenant's own intents and corrections.
        """
        base = self.read(
            matter(text),
            packs=packs,
            language_hint=language_hint or default_language,
            overlay=overlay,
        ).understanding
        normal, language = clean(text), base.language
        entities = find_entities(text, language, now, words, shop=SHOP_PACK in packs)
        answer = _answer(asked, normal, language, now, words, base.intents)
        if asked is not None and answer is not None and answer.type == "value":
            alone = without_times(normal, language, now)
            if is_a_request(asked.kind, str(answer.value), base.main):
                answer = OTHER
            elif may_ask_else(asked.kind, alone, base.main):
                odds, labels = self._read((alone,), packs, language, overlay)
                same = _Reading(odds[0], labels).best(1)[0].name == base.main.name
                answer = OTHER if same else answer
        if answer is not None and answer.type != "other":
            base = self._answering(base, normal, packs, overlay, asked)
        mood = sentiment(text, base.main.name, base.main.probability)
        return replace(
            base,
            text=text,
            entities=entities,
            answer=answer,
            sentiment=mood,
            urgency=urgency(text, base.main.name),
            tags=topic_tags([guess.name for guess in base.intents], entities, mood),
            model_version=self.version + (f"+{overlay.version}" if overlay else ""),
        )

    def read(
        self,
        text: str,
        *,
        packs: tuple[str, ...],
        language_hint: str | None = None,
        overlay: Overlay | None = None,
    ) -> Read:
        """Language, intents and the decision alone, without entities and dialogue. Politeness
        around a request does not hide it: "selam kolay gelsin siparişim gelmedi hala"."""
        normal = clean(text)
        language = detect(normal, language_hint or "tr").reply
        whole = self._read_whole(normal, packs, language, overlay)
        rest = beside_politeness(normal)
        if rest is None or len(whole.intents) > 1:
            return whole
        bare = self._read_whole(rest, packs, language, overlay)
        if not says_more(bare.main, whole.main):
            return whole
        return replace(bare, understanding=replace(bare.understanding, text=normal, normal=normal))

    def _read_whole(
        self, normal: str, packs: tuple[str, ...], language: str, overlay: Overlay | None
    ) -> Read:
        ways = ways_to_cut(normal)
        odds, labels = self._read(with_parts(normal, ways), packs, language, overlay)
        reading = _Reading(odds[0] if _says_anything(normal) else _undecided(labels), labels)
        found = _requests(normal, reading, best_cut(ways, odds, labels))
        judged = self._judged(normal, language, reading, found)
        return Read(judged, outside_score(reading.odds, reading.labels, OUT_OF_SCOPE))

    def classify(
        self, text: str, packs: tuple[str, ...], language: str, overlay: Overlay | None = None
    ) -> dict[str, float]:
        """Calibrated probability of every intent of the packs; they sum to one."""
        odds, labels = self._read((clean(text),), packs, language, overlay)
        return {label: float(p) for label, p in zip(labels, odds[0], strict=True)}

    def _read(
        self, texts: Sequence[str], packs: tuple[str, ...], language: str, overlay: Overlay | None
    ) -> tuple[Floats, tuple[str, ...]]:
        """Calibrated probabilities within the packs, one row a text, and their labels."""
        mask = self._mask(packs)
        sharp = tuning().sharpness.get(language, 1.0)
        inside = self.model.calibrated(self.model.odds_of(texts), mask, sharp)[:, mask]
        labels = tuple(label for label, kept in zip(self.model.labels, mask, strict=True) if kept)
        if overlay is None:
            return inside, labels
        pulled = [overlay.adjust(t, row, labels) for t, row in zip(texts, inside, strict=True)]
        return np.array([odds for odds, _ in pulled]), pulled[0][1]

    def _mask(self, packs: tuple[str, ...]) -> Mask:
        if packs not in self._masks:
            names = {name for pack in packs for name in self._packs.get(pack, ())}
            mask = np.array([label in names for label in self.model.labels])
            self._masks[packs] = mask if mask.any() else np.ones_like(mask)
        return self._masks[packs]

    def _judged(
        self, normal: str, language: str, reading: _Reading, found: tuple[IntentGuess, ...]
    ) -> Understanding:
        best = reading.best()
        least = min(guess.probability for guess in found)
        answered = bool(normal) and least >= tuning().answer_from.get(language, 0.7)
        answered = answered or found[0].name == EMERGENCY
        unsure: tuple[str, ...] = ()
        if watch.is_ambiguous_stop(normal):
            answered = False
            cancels = [n for n in ("order_cancel", "appointment_cancel") if n in reading.labels]
            unsure = (*cancels[:1], "opt_out")
        elif not answered:
            unsure = worth_offering(best)
        rule = found[0].name in watch.signs(normal)
        return Understanding(
            text=normal,
            language=language,
            normal=normal,
            intents=found,
            alternatives=best,
            answered=answered,
            unsure_between=unsure,
            source="rule" if rule else "local",
        )

    def _answering(
        self,
        base: Understanding,
        normal: str,
        packs: tuple[str, ...],
        overlay: Overlay | None,
        asked: Question | None,
    ) -> Understanding:
        """An answer to our question: only requests beside it are intents, and to agree on a time
        is none of its own."""
        extra: tuple[IntentGuess, ...] = ()
        timing = asked is not None and asked.kind in TIMES
        parts = [part for part in normal.replace("\n", ",").split(",") if part.strip()]
        for part in parts[1:]:
            if len(part.split()) < _EXTRA_WORDS:
                continue
            odds, labels = self._read((part,), packs, base.language, overlay)
            best = _Reading(odds[0], labels).best(1)[0]
            if timing and best.name.startswith("appointment"):
                continue
            if best.probability >= SURE_OF_EXTRA and best.name not in _NO_EXTRA:
                extra = (*extra, best)
        return replace(base, intents=extra, answered=True, unsure_between=(), source="dialogue")


_NO_EXTRA = frozenset(("greeting", "thanks_goodbye", "out_of_scope", "appointment_confirm"))


def _answer(
    asked: Question | None,
    text: str,
    language: str,
    now: datetime,
    words: TenantWords | None,
    found: tuple[IntentGuess, ...],
) -> DialogueAnswer | None:
    if asked is None:
        return None
    if found[0].name in watch.WATCHED and len(text.split()) > 1:
        sure = found[0].name in watch.signs(text) or found[0].probability >= SURE_OF_EXTRA
        if sure:
            return DialogueAnswer("other")
    return read_answer(asked, text, language, now, words)


def _requests(text: str, reading: _Reading, cut: Cut | None) -> tuple[IntentGuess, ...]:
    """The requests in order of mention; a watched one comes first."""
    top = _likeliest(text, reading)
    watched = _watched(text, reading)
    found: tuple[IntentGuess, ...] = (top,)
    if cut is not None:
        parts = tuple(
            IntentGuess(reading.labels[place], p)
            for place, p in zip(cut.labels, cut.probabilities, strict=True)
        )
        only = only_part(cut)
        if EMERGENCY in (parts[0].name, parts[1].name) and watched is None:
            found = (top,)
        elif only is not None:
            found = (parts[only],)
        elif chance_of_two(cut, tuning().two_requests) >= tuning().two_from:
            found = parts
    if watched is None:
        return found
    rest = tuple(g for g in found if g.name != watched.name and len(found) > 1)
    return (watched, *rest)


def _says_anything(text: str) -> bool:
    """Whether there is a letter, a digit or an emoji: "?" and "..." say nothing."""
    return any(c.isalnum() or unicodedata.category(c) == "So" for c in text)


def _undecided(labels: tuple[str, ...]) -> Floats:
    """No intent is likelier than another; out of scope is likelier than all."""
    odds = np.full(len(labels), 0.5 / len(labels), np.float32)
    odds[labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else 0] += 0.5
    return odds


def _watched(text: str, reading: _Reading) -> IntentGuess | None:
    proved = watch.signs(text)
    best = float(reading.odds.max())
    for name in watch.WATCHED:
        p = reading.of(name)
        if name not in reading.labels:
            continue
        if name in proved:
            return IntentGuess(name, max(p, 0.97))
        if name == EMERGENCY and watch.is_over(text):
            continue
        near_best, undoubted = _URGENT if name == EMERGENCY else _USUAL
        near = p >= near_best * best and best < undoubted
        if p >= _watch_from(name, text, p) and (near or p == best):
            return IntentGuess(name, p)
    return None


_FRAGMENT = 0.6
"""Least probability of an emergency in two words, or in a message about money."""
_USUAL, _URGENT = (0.3, 0.9), (0.06, 0.97)
"""A watched intent counts from this share of the likeliest one, unless that is beyond this."""


def _watch_from(name: str, text: str, p: float) -> float:
    """The least probability; an emergency without a symptom that the lexicon knows needs more."""
    least = tuning().watch_from
    if name == EMERGENCY and watch.is_elsewhere(text):
        return _FRAGMENT
    if name == EMERGENCY and p >= least[name] and not watch.names_symptom(text):
        return least["emergency_unnamed"]
    return least.get(name, 1.0)


def _likeliest(text: str, reading: _Reading) -> IntentGuess:
    """The likeliest intent; an emergency whose symptom is over needs to be beyond doubt, one in
    two words likely."""
    best = reading.best(2)
    if best[0].name != EMERGENCY or len(best) < 2:
        return best[0]
    needed = _BEYOND_DOUBT if watch.is_over(text) else 0.0
    needed = max(needed, _FRAGMENT if watch.is_elsewhere(text) else 0.0)
    return best[0] if best[0].probability >= needed else best[1]


_BEYOND_DOUBT = 0.95
