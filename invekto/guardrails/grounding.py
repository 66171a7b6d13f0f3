"""Grounded: what a reply states is in the facts, about the same thing."""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.claims import Claim, find_months, find_weekdays
from invekto.guardrails.courtesy import serves
from invekto.guardrails.derived import follows
from invekto.guardrails.disclaimer import says_disclaimer
from invekto.guardrails.ground import Ground, relative_days
from invekto.guardrails.matching import SMALL, candidates, computed, equal, stated, weekdays
from invekto.guardrails.novelty import foreign_name, other_persons, sibling
from invekto.guardrails.quoting import quoted
from invekto.guardrails.refuting import refuted
from invekto.guardrails.reply import Check, Sentence
from invekto.guardrails.signs import costs, negative, states_nothing
from invekto.guardrails.wording import Clause, akin, clauses, terms

ALIGNED = frozenset({"money", "percent", "amount", "date", "time", "dotted"})
NEARER = 0.2
"""By how much another fact must be nearer before a value counts as taken from it."""
MOST_CLAIMS = 60
"""Figures of one reply that are looked up; with more of them a person reads it."""
_TIME_CUE = re.compile(
    r"(?:saat\w{0,3}|until|till|at|to|from|by|before|after|kadar|حتى|حتي|الساعه)[ ]$"
)
_COMPARES = re.compile(r"karsi|\bvs\b|\bthan\b|\byerine\b|compared|مقابل|مقارنه")
QUALIFIERS = frozenset({"@over", "@under", "@only", "@from"})
_ENDS = re.compile(
    r"kadar|until|till|acil|aciyor|kapan|opens? at|closes?|basl|bit|حتى|حتي|يبدا|ينتهي"
)
_TOGETHER = re.compile(r"birlikte|toplam|ikisi|ucu\b|hepsi|total|together|come to|both|مجموع|معا")
_ORDER_OF = re.compile(r"(?:order|basket|purchase)s? (?:of|worth|for) $|بقيمه $|بقيمة $")
_WORTH = re.compile(
    r"\w{0,3}l[iu]k\b|\w{0,2} (?:tutarinda|degerinde)|\w{0,3} (?:ise|olursa|tutarsa)\b"
)
_FIXED = re.compile(r"\b(?:sabit|net fiyat|son fiyat|fixed|final)\b|ثابت|نهائي")


def check(check: Check) -> None:
    """Find ungrounded statements, sentence by sentence."""
    ground = Ground([*check.reply.facts, *check.reply.own], check.reply.language)
    carried: frozenset[str] = frozenset()
    own_words = quoted(check.reply.text, check.sentences, check.reply.facts)
    figures = 0
    for sentence in check.sentences:
        if says_disclaimer(sentence.flat, check.reply.language):
            continue
        pieces = clauses(sentence.text, sentence.flat, check.reply.language)
        figures += sum(len(piece.claims) for piece in pieces)
        if figures > MOST_CLAIMS:
            check.find("grounded", "ungrounded", Outcome.ASK_PERSON, explanation="many figures")
            return
        whole = frozenset(term for piece in pieces for term in piece.terms)
        said = (
            None if sentence in own_words else _objection(pieces, whole, carried, sentence, ground)
        )
        if said is not None:
            check.find("grounded", "ungrounded", Outcome.BLOCK, sentence.text, said)
        if any(ground.known(term) for term in whole):
            carried = whole


def _objection(
    pieces: list[Clause],
    whole: frozenset[str],
    carried: frozenset[str],
    sentence: Sentence,
    ground: Ground,
) -> str | None:
    asks = sentence.flat.rstrip().endswith("?")
    before: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    for piece in pieces:
        timed = all(claim.kind in {"time", "dotted"} for claim in piece.claims)
        days = _day_terms(piece) | _meant_days(piece, ground) or days
        bare = (
            timed
            and before
            and not (piece.terms - _days_named(piece))
            and not _meant_days(piece, ground)
        )
        about = before if bare else _about(piece, whole, carried, ground)
        if timed and days and not bare and not _day_terms(piece):
            about = frozenset(t for t in piece.terms if ground.known(t)) | days
        before = about
        for claim in piece.claims:
            said = _claim(claim, about, piece, sentence, ground)
            if said:
                return said
    if asks:
        return None
    for piece in _statements(sentence, pieces, ground):
        if states_nothing(piece.text):
            continue
        own = frozenset(t for t in piece.terms if not serves(t) and ground.known(t))
        said = (
            refuted(piece, own, own | whole, ground)
            or sibling(piece, ground)
            or other_persons(piece, sentence, ground)
        )
        if said:
            return said
    return _wrong_day(sentence, pieces, ground) or foreign_name(sentence, ground)


def _statements(sentence: Sentence, pieces: list[Clause], ground: Ground) -> list[Clause]:
    """What is said as a whole: cut at "and" only where one part denies and the other does not."""
    wide = clauses(sentence.text, sentence.flat, ground.language, fine=False)
    told: list[Clause] = []
    for piece in wide:
        parts = [p for p in pieces if piece.start <= p.start < piece.end and len(p.text) > 6]
        signs = {(negative(p.text), costs(p.text)) for p in parts}
        whole = all(len(p.text.split()) >= 3 for p in parts)
        told += parts if len(signs) > 1 and len(parts) > 1 and whole else [piece]
    return told


def _about(
    piece: Clause, whole: frozenset[str], carried: frozenset[str], ground: Ground
) -> frozenset[str]:
    """The terms that say what a clause is about: its own, else its sentence's, else those of the
    sentence before."""
    days = _meant_days(piece, ground)
    for number, among in enumerate((piece.terms | days, whole | days, whole | carried | days)):
        told = frozenset(t for t in among if not serves(t) and ground.known(t))
        told -= QUALIFIERS if number else frozenset()
        if not told and not number and any(not serves(t) for t in piece.terms - QUALIFIERS):
            return ground.elsewhere(piece.text) or frozenset()
        if told:
            return told | (ground.elsewhere(piece.text) or frozenset())
    return ground.elsewhere(piece.text) or frozenset()


def _day_terms(piece: Clause) -> frozenset[str]:
    return frozenset(t for t in piece.terms if t.startswith(("wd", "dm")))


def _days_named(piece: Clause) -> frozenset[str]:
    """Terms that are figures only; a value without a word goes with what stood before it."""
    return frozenset(t for t in piece.terms if re.fullmatch(r"n[\d.]+", t))


def _meant_days(piece: Clause, ground: Ground) -> frozenset[str]:
    """The date that "tomorrow" means, as the facts' clauses name it."""
    if ground.today is None:
        return frozenset()
    return frozenset(
        f"dm{day.value[0]}-{day.value[1]}" for day in relative_days(piece.text, ground.today)
    )


def _claim(
    claim: Claim, about: frozenset[str], piece: Clause, sentence: Sentence, ground: Ground
) -> str | None:
    quote = sentence.text[claim.start : claim.end]
    if claim.kind in {"link", "weekday"}:
        return None
    if claim.kind == "number" and not _only_listed(claim, sentence):
        if _counted_otherwise(claim, sentence, ground):
            return f"“{quote}” is counted otherwise in the facts"
    if claim.kind == "number" and (
        _only_counts(claim, sentence) or _counts_things(claim, sentence)
    ):
        return None
    if claim.kind == "code":
        known = claim.value[0].lstrip("0") in ground.figures or _in_parts(claim, ground)
        return None if known else f"“{quote}” is in no fact"
    together = bool(_TOGETHER.search(sentence.flat))
    if computed(claim, ground, together):
        return None
    if claim.kind in {"amount", "number"} and _counts_priced(claim, piece, ground, together):
        return None
    if not stated(claim, ground):
        within = claim.kind == "time" and _within_hours(claim, sentence, ground)
        within = (
            within
            or follows(claim, sentence.flat, ground)
            or _supposed(claim, piece, sentence, ground)
        )
        return None if within else f"“{quote}” is in no fact"
    if claim.kind == "number" and _keyed_otherwise(claim, piece, ground):
        return f"“{quote}” belongs to something else"
    if claim.kind not in ALIGNED or _COMPARES.search(sentence.flat):
        return None
    return _misplaced(claim, about, piece, sentence, ground, quote)


def _supposed(claim: Claim, piece: Clause, sentence: Sentence, ground: Ground) -> bool:
    """A figure that is not stated but asked about: "an order of 500 lira" where the facts have a
    limit, or "not for 250 degrees" where they have another figure of the kind."""
    told = ground.by_kind.get(claim.kind, ())
    if claim.kind == "money":
        limits = any(c.marks & {"@over", "@under"} for _, c in told)
        after = sentence.flat[claim.end : claim.end + 16]
        before = sentence.flat[: claim.start]
        return limits and bool(_ORDER_OF.search(before) or _WORTH.match(after))
    if claim.kind != "amount" or not negative(piece.text):
        return False
    return any(other.value[1] == claim.value[1] for other, _ in told)


def _in_parts(claim: Claim, ground: Ground) -> bool:
    """A phone number with or without its country's code."""
    value = claim.value[0]
    return len(value) >= 10 and value[-10:] in ground.figures


def _only_counts(claim: Claim, sentence: Sentence) -> bool:
    """A list's number, or one that counts nothing of substance."""
    return _only_listed(claim, sentence) or claim.value[0] in {"0", "1"}


def _only_listed(claim: Claim, sentence: Sentence) -> bool:
    """The number of a list's line."""
    before = sentence.text[: claim.start].strip(" \t-•*")
    return not before and sentence.text[claim.end : claim.end + 1] in {".", ")", "-", ""}


def _counts_things(claim: Claim, sentence: Sentence) -> bool:
    """A small number before a noun ("iki hekimimiz") may be counted from the facts."""
    value = claim.value[0]
    if not value.isdecimal() or int(value) > SMALL:
        return False
    noun = re.match(r"[ ]([^\W\d_]{2,4})", sentence.flat[claim.end :])
    return noun is not None and not _TIME_CUE.search(sentence.flat[: claim.start])


def _counted_otherwise(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A fact counts the same noun, and otherwise: three for two is not two for one."""
    noun = re.match(r"[ ]([^\W\d_]{2,4})", sentence.flat[claim.end :])
    if noun is None:
        return False
    counted = re.compile(rf"(?<![\d.:,])(?:(\d{{1,4}})[-–])?(\d{{1,4}}) {re.escape(noun.group(1))}")
    told = {n for fact in ground.folded for pair in counted.findall(fact) for n in pair if n}
    labelled = re.compile(rf"{re.escape(noun.group(1))}\w{{0,8}} ?[:=] ?(\d{{1,6}})(?!\d)")
    if not told or claim.value[0] in told:
        return False
    return not any(claim.value[0] in labelled.findall(fact) for fact in ground.folded)


def _counts_priced(claim: Claim, piece: Clause, ground: Ground, together: bool) -> bool:
    """The count of what a computed price is for: "iki gece 5.600 TL"."""
    value = claim.value[0]
    if not value.isdecimal() or int(value) > SMALL:
        return False
    return any(computed(other, ground, together) for other in piece.claims)


def _within_hours(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A time inside opening hours, where neither end of them is told."""
    if _ENDS.search(sentence.flat):
        return False
    about = terms(sentence.flat) | {f"wd{c.value[0]}" for c in find_weekdays(sentence.flat)}
    for clause in ground.clauses:
        if "@open" not in about and not {t for t in about if t.startswith("wd")} & clause.terms:
            continue
        hours = sorted(c.value[0] for c in clause.claims if c.kind == "time")
        if len(hours) >= 2 and hours[0] <= claim.value[0] <= hours[-1]:
            return True
    return False


def _misplaced(
    claim: Claim,
    about: frozenset[str],
    piece: Clause,
    sentence: Sentence,
    ground: Ground,
    quote: str,
) -> str | None:
    """The right value on the wrong thing: another value stands by what the clause names."""
    found = [clause for other, clause in candidates(claim, ground) if equal(claim, other)]
    same = list({id(clause): clause for clause in found}.values())
    if same and _FIXED.search(sentence.flat) and all("@from" in c.marks for c in same):
        return f"“{quote}” is only where it begins"
    others = [
        clause
        for other, clause in ground.by_kind.get(claim.kind, ())
        if not equal(claim, other) and _comparable(claim, other)
    ]
    if _keyed_otherwise(claim, piece, ground):
        return f"“{quote}” belongs to something else"
    if any(_confirmed(claim, piece, clause) for clause in same):
        return None
    if claim.kind == "money" and piece.marks & {"@over", "@under"}:
        turned = same and all(_turned(piece, clause) for clause in same)
        return f"“{quote}”: the facts set the limit the other way" if turned else None
    if claim.kind == "money":
        about = about - {"@price"}
    if same and all(_keys_differ(piece, clause) for clause in same):
        return f"“{quote}” belongs to something else"
    if not others or not same:
        return None
    own = about - {f"dm{claim.value[0]}-{claim.value[-1]}", f"n{claim.value[0]}"}
    mine = max(_fit(own, clause, ground) for clause in same)
    theirs = max(_fit(own, clause, ground) for clause in others)
    return f"“{quote}” belongs to something else" if theirs > mine + NEARER else None


def _turned(piece: Clause, clause: Clause) -> bool:
    """Free below where the fact says free above, or the other way round."""
    limits = {"@over", "@under"}
    said, told = piece.marks & limits, clause.marks & limits
    same = costs(piece.text) == costs(clause.text) != ""
    return same and len(said) == len(told) == 1 and said != told and not negative(piece.text)


def _keyed_otherwise(claim: Claim, piece: Clause, ground: Ground) -> bool:
    """A fact about the named day has other times than this one."""
    if claim.kind not in {"time", "number", "dotted"}:
        return False
    keys = {t for t in piece.terms if t.startswith("dm")} - _days_of(claim)
    told = [
        other
        for clause in ground.clauses
        if keys & clause.terms
        for other in clause.claims
        if other.kind in {"time", "number"}
    ]
    return bool(told) and not any(equal(claim, other) for other in told)


def _days_of(claim: Claim) -> set[str]:
    return {f"dm{claim.value[-1]}-{claim.value[0]}"} if claim.kind == "dotted" else set()


def _confirmed(claim: Claim, piece: Clause, clause: Clause) -> bool:
    """Another claim of the reply's clause stands in the same clause of the fact."""
    return any(
        equal(other, told)
        for other in piece.claims
        if other is not claim and other.kind in ALIGNED and other.kind != claim.kind
        for told in clause.claims
    )


def _fit(own: frozenset[str], clause: Clause, ground: Ground) -> float:
    """Nearness, more where the clause is about nothing else."""
    told = [t for t in clause.terms if not serves(t)]
    share = sum(any(akin(t, o) for o in own) for t in told) / len(told) if told else 0.0
    return ground.nearness(own, clause) * (0.6 + 0.4 * share)


def _keys_differ(piece: Clause, clause: Clause) -> bool:
    """Both name a day, a date or a model, and none in common."""
    for prefix in ("wd", "m:"):
        said = {t for t in piece.terms if t.startswith(prefix)}
        known = {t for t in clause.terms if t.startswith(prefix)}
        if said and known and not said & known:
            return True
    return False


def _comparable(claim: Claim, other: Claim) -> bool:
    return claim.kind != "amount" or claim.value[1] == other.value[1]


def _wrong_day(sentence: Sentence, pieces: list[Clause], ground: Ground) -> str | None:
    """A month, a day of the week or a relative day that is not one of the facts' days."""
    dates = [claim for claim, _ in ground.by_kind.get("date", ())]
    named = {claim.value[0] for claim, _ in ground.by_kind.get("weekday", ())}
    known = named | {day for claim in dates for day in weekdays(claim)}
    if ground.today is not None and dates:
        for claim in relative_days(sentence.flat, ground.today):
            same = any(equal(claim, d) for d in dates) or follows(claim, sentence.flat, ground)
            if not same and not weekdays(claim) & named:
                return f"“{sentence.text[claim.start : claim.end]}” is not a day of the facts"
    if known:
        for piece in (p for p in pieces if not negative(p.text)):
            for claim in piece.claims:
                if claim.kind == "weekday" and claim.value[0] not in known:
                    return f"“{sentence.text[claim.start : claim.end]}” is not a day of the facts"
    months = find_months(sentence.flat)
    if months and ground.months and not months <= ground.months:
        return "a month is named that no fact names"
    return None
