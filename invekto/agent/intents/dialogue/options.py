"""A choice among things that were listed: by place, by name, by what is left."""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz.distance import OSA

from invekto.agent.intents.dialogue.reading import Reading, listed, ordinals
from invekto.contracts.understanding import DialogueAnswer
from invekto.text.fold import fold

OTHER = DialogueAnswer("other")
_NUMBER_WORD = re.compile(r"(\d{1,2})(?:'?(?:nci|ncisi|inci|incisi|uncu|uncusu|si|i|u))?")
_LETTERS = "abcdefgh"
FILLERS = frozenset(
    [
        "olan",
        "olsun",
        "alayim",
        "aliyim",
        "istiyorum",
        "lutfen",
        "pls",
        "please",
        "the",
        "one",
        "want",
        "bu",
        "su",
        "o",
        "ve",
        "icin",
        "ile",
        "secenek",
        "numara",
        "sikki",
        "option",
        "number",
        "no",
        "ile",
        "gelsin",
        "wa7ad",
        "واحد",
        "بدي",
        "ابغي",
        "لو",
        "سمحت",
        "kargo",
    ]
)


def read_choice(reading: Reading, options: tuple[str, ...]) -> DialogueAnswer:
    """Which of `options` (as they were shown) the message picks."""
    if reading.has("none"):
        return DialogueAnswer("no")
    span = reading.where("any")
    if span is not None:
        beside = Reading(" ".join(reading.words[: span[0]] + reading.words[span[1] :]))
        return OTHER if beside.has("negation") else DialogueAnswer("any")
    excluded, rest = _without_denied(reading, options)
    if excluded and rest is None:
        left = [at for at in range(len(options)) if at not in excluded]
        return DialogueAnswer("option", left[0]) if len(left) == 1 else OTHER
    if rest is not None:
        reading = rest
    if excluded and reading.has("other_one"):
        left = [at for at in range(len(options)) if at not in excluded]
        return DialogueAnswer("option", left[0]) if len(left) == 1 else OTHER
    if _asks(reading):
        return OTHER
    picked = [at for at in picks(reading, options) if at not in excluded]
    if len(picked) == len(options) > 1:
        return DialogueAnswer("all")
    if len(picked) == 1:
        return DialogueAnswer("option", picked[0])
    if picked:
        return DialogueAnswer("option", None, tuple(picked))
    if excluded:
        left = [at for at in range(len(options)) if at not in excluded]
        return DialogueAnswer("option", left[0]) if len(left) == 1 else OTHER
    return _plain(reading, options)


def _plain(reading: Reading, options: tuple[str, ...]) -> DialogueAnswer:
    if len(options) == 1 and (reading.has("agree_first") or _short(reading, "agree")):
        return DialogueAnswer("yes")
    if _short(reading, "refuse") and not reading.has("undecided"):
        return DialogueAnswer("no")
    return OTHER


def _short(reading: Reading, name: str) -> bool:
    return len(reading.words) <= 4 and reading.has(name)


def _asks(reading: Reading) -> bool:
    return "?" in reading.text or (reading.has("question") and not reading.has("earliest"))


def picks(reading: Reading, options: tuple[str, ...]) -> list[int]:
    """Places of all options that are picked; nothing where what was said fits several."""
    if reading.has("all") or _counts_all(reading, len(options)):
        named = _by_name(reading, options, several=True)
        return named if 1 < len(named) < len(options) else list(range(len(options)))
    for find in (_first_few, _by_place, _by_name):
        found = find(reading, options)
        if found:
            return found
    return []


def _counts_all(reading: Reading, count: int) -> bool:
    words = {1: "biri", 2: "ikisi", 3: "ucu", 4: "dordu"}
    text = f" {' '.join(reading.words)} "
    return any(
        f" {words.get(n)} de " in text or f" {words.get(n)} da " in text
        for n in (2, 3, 4)
        if n <= count
    )


def _first_few(reading: Reading, options: tuple[str, ...]) -> list[int]:
    text = " ".join(reading.words)
    for phrase, count in (
        ("ilk ikisi", 2),
        ("ilk iki", 2),
        ("ilk ucu", 3),
        ("first two", 2),
        ("اول تنين", 2),
    ):
        if phrase in text:
            return list(range(min(count, len(options))))
    return []


def _by_place(reading: Reading, options: tuple[str, ...]) -> list[int]:
    count = len(options)
    if reading.has("middle"):
        return [count // 2] if count % 2 else []
    found: dict[int, int] = {}
    words = list(reading.words)
    for phrase, number in ordinals():
        for at in range(len(words) - len(phrase) + 1):
            if tuple(words[at : at + len(phrase)]) == phrase:
                found[at] = number
                words[at : at + len(phrase)] = [""] * len(phrase)
    if not found:
        found = _by_number(words, options)
    numbers = [n if n > 0 else count + 1 + n for _, n in sorted(found.items())]
    return [n - 1 for n in numbers] if all(1 <= n <= count for n in numbers) else []


def _by_number(words: list[str], options: tuple[str, ...]) -> dict[int, int]:
    """ "2", "2.", "2 numara", "b şıkkı": a small number that is not part of what was named."""
    found = {}
    plain = [word for word in words if word and word not in FILLERS]
    for at, word in enumerate(words):
        match = _NUMBER_WORD.fullmatch(word)
        if match and len(plain) <= 2 and 1 <= int(match.group(1)) <= len(options):
            found[at] = int(match.group(1))
        elif word in _LETTERS and len(word) == 1 and len(words) <= 2:
            found[at] = _LETTERS.index(word) + 1
    return found


def _by_name(reading: Reading, options: tuple[str, ...], *, several: bool = False) -> list[int]:
    shown = [Reading.of(option).words for option in options]
    scores = [0.0] * len(options)
    for word in reading.words:
        if word in FILLERS:
            continue
        hits = [at for at, words in enumerate(shown) if any(_alike(word, w) for w in words)]
        if len(hits) < len(options) or len(options) == 1:
            for at in hits:
                scores[at] += 1
    best = max(scores, default=0)
    if best <= 0:
        return _by_synonym(reading, options)
    chosen = [at for at, score in enumerate(scores) if score == best]
    return chosen if len(chosen) == 1 or several else []


def _by_synonym(reading: Reading, options: tuple[str, ...]) -> list[int]:
    found = set()
    for at, option in enumerate(options):
        for key, words in listed("synonyms").items():
            if fold(option).startswith(key) and any(
                word.startswith(fold(str(w))) for word in reading.words for w in words
            ):
                found.add(at)
    return list(found) if len(found) == 1 else []


@cache
def _translations() -> dict[str, str]:
    return {fold(a): b for a, b in listed("translations").items()}


def _alike(word: str, shown: str) -> bool:
    """Same word in another form: endings, a typo, the last digits of a number, a translation."""
    for form in {word, word.removeprefix("ال"), _translations().get(word.removeprefix("ال"), word)}:
        if form == shown:
            return True
        if shown.isdigit():
            if len(form) >= 2 and form.isdigit() and shown.endswith(form) and len(shown) > 4:
                return True
            continue
        if len(shown) >= 3 and form.startswith(shown) and len(form) - len(shown) <= 6:
            return True
        if len(form) >= 4 and shown.startswith(form):
            return True
        if len(form) >= 5 and form.isalpha() and OSA.distance(form[: len(shown)], shown) <= 1:
            return True
    return False


def _without_denied(
    reading: Reading, options: tuple[str, ...]
) -> tuple[frozenset[int], Reading | None]:
    """Options that were denied ("siyah değil beyaz", "not the black, the white one"), and the
    rest of the message; None where nothing is left of it."""
    span = reading.where("negation")
    if span is None:
        return frozenset(), None
    before, after = reading.part(0, span[0]), reading.part(span[1], len(reading.words))
    word = reading.words[span[0]]
    if word in ("not", "except", "مو", "مش", "ليس"):
        denied, rest = _first_named(after, options)
        kept = Reading(" ".join((*before.words, *rest)))
    else:
        denied = frozenset(picks(before, options) or _by_name(before, options, several=True))
        kept = after
    return denied, kept if [w for w in kept.words if w not in _TRAILING] else None


_TRAILING = frozenset(("da", "de", "ya", "yani", "lutfen", "pls", "please"))


def _first_named(
    reading: Reading, options: tuple[str, ...]
) -> tuple[frozenset[int], tuple[str, ...]]:
    """The option named by the first words, and the words after them."""
    for end in range(1, len(reading.words) + 1):
        found = picks(reading.part(0, end), options)
        if found:
            return frozenset(found), reading.words[end:]
    return frozenset(), reading.words
