"""Whether a figure of the reply is one of the facts', counted, supposed or worked out from them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from invekto.guardrails.claims import Claim, find_weekdays
from invekto.guardrails.ground import Ground
from invekto.guardrails.limits import keeps_to_limits
from invekto.guardrails.matching import SMALL, equal, stated
from invekto.guardrails.quantities import steps
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative
from invekto.guardrails.wording import Clause, terms
from invekto.guardrails.worked import Told, follows

_LASTING = frozenset({"hour", "day", "work_day", "week", "month", "year", "minute", "session"})
_TIME_CUE = re.compile(
    r"(?:saat\w{0,3}|until|till|at|to|from|by|before|after|kadar|حتى|حتي|الساعه)[ ]$"
)
_CLOCK_CUE = re.compile(r"\b(?:at|saat) $|الساعه $")
_NTH = re.compile(r"(?:st|nd|rd|th)\b")
_REACHED = re.compile(r"\d ?(?:tl|lira|₺|eur|euro)'?y?[ae]\b")
"""`5.000 TL'ye 500 TL`: what is given from an amount on."""
_AT_MOST_OF = re.compile(r"kadar\b|\bup to\b|\bmax|\ben (?:cok|fazla)\b|\bat most\b|حتي|كحد اقصي")
_BOUND_BEFORE = re.compile(
    r"(?:\ben (?:az|fazla|cok)|\bat (?:least|most)|\bmin\w*\.?|\bmax\w*\.?|\bup to|\bfrom|\buntil|\bfirst|\bilk|\bover|\bonly|\bsadece|حتي|من|اول|فقط) $"
)
_BOUND_AFTER = re.compile(
    r"\w{0,4} ?(?:kadar|itibaren|uzeri|ustu|or more|and (?:over|up|above)|فاكثر|\+)|'?[dt][ae]n\b|\w{0,4} (?:ve|veya) (?:uzeri|ustu|daha)"
)
"""What makes a count a limit, which must be that of the facts."""
_STARTS = re.compile(
    r"\bmin(?:imum)?\b|\basgari|\ben az\b|\bat least|\bbaslar|\bbasliyor|\bstarts?\b|\bbegins?\b|\brequire|الادني|تبدا|يبدا|علي الاقل"
)
_STEPPED = frozenset({"piece", "tooth", "person", "night", "week", "session", "part"})
_A_WEEK = 7
_MEASURES = frozenset({"length", "weight", "size", "person", "room"})
_UP_TO = re.compile(
    r"kadar\b|\bup to\b|\bmax|\ben (?:az|cok|fazla)\b|\bmin\b|\bat least\b|\bfrom\b|\bbaslar|\bitibaren|حتى|حتي|كحد"
)
_PRICE_AT_LEAST = 20.0
_FEW_PRICES = 8
_PERCENT = 0.006
"""How far a share told in per cent may be off."""
_GROUPED = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_ONES_OWN = re.compile(
    r"\b(?:giyiyor|kullaniyor|aliyor|tercih ediyor)sa\w{0,4}\b|\bif you (?:\w+ )?(?:wear|are|take|use)\b|"
    r"اذا كنت\w* (?:ترتد|تلبس)"
)
"""What the customer wears or uses already."""
_ENDS = re.compile(
    r"kadar|until|till|acil|aciyor|kapan|opens? at|closes?|basl|bit|حتى|حتي|يبدا|ينتهي"
)
YEARS = frozenset(map(str, range(2020, 2041)))
"""A year beside a date that is told."""
_PRICED = 500
"""How many of a thing may be priced at once."""
_LAST_HOUR = 24
_QUARTERS = frozenset({"00", "15", "30", "45"})
_DEMANDS = re.compile(r"gerek|\blazim|\bneed|\bminimum|\ben az\b|\bat least\b|يجب|يلزم")
_ORDER_OF = re.compile(r"(?:order|basket|purchase)s? (?:of|worth|for) $|بقيمه $|بقيمة $")
_NOUN = re.compile(
    r"[ ](?!(?:at|on|in|to|for|and|or|of|by|with|ile|ve|ya|icin|de|da|te|ta|am|pm|في|على|الى|من)\b)"
    r"([^\W\d_]{2,4})"
)


def supposed(claim: Claim, piece: Clause, sentence: Sentence, ground: Ground) -> bool:
    """A figure that is not stated but asked about: "an order of 500 lira" where the facts have a
    limit, or "not for 250 degrees" where they have another figure of the kind."""
    told = ground.by_kind.get(claim.kind, ())
    if claim.kind == "money":
        limits = bool(ground.by_kind.get("percent")) or any(
            c.marks & {"@over", "@under"} or _UP_TO.search(c.text) or _REACHED.search(c.text)
            for _, c in told
        )
        after = sentence.flat[claim.end : claim.end + 16]
        before = sentence.flat[: claim.start]
        supposed = (
            limits
            and not _DEMANDS.search(piece.text)
            and bool(_ORDER_OF.search(before) or marks("figures.worth").match(after))
        )
        return supposed and keeps_to_limits(claim, sentence, ground)
    if claim.kind == "number":
        return (
            negative(piece.text)
            or bool(_ONES_OWN.search(piece.text))
            or _in_a_range(claim, ground)
            or _within(claim, ground)
            or in_a_step(claim, sentence, ground)
        )
    if claim.kind != "amount":
        return False
    if claim.value[1] in _STEPPED and in_a_step(claim, sentence, ground):
        return True
    if claim.value[1] in _MEASURES and (_in_a_range(claim, ground) or _within(claim, ground)):
        return True
    if claim.value[1] == "piece" and not _DEMANDS.search(sentence.flat):
        if _in_a_range(claim, ground) or _enough(claim, ground):
            return True
    if claim.value[1] in _LASTING or not negative(piece.text):
        return False
    return any(other.value[1] == claim.value[1] for other, _ in told)


def in_a_step(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """As many as are in one of the steps of the facts: 300 of "100-499", fourteen of "from 12"."""
    before, after = sentence.flat[: claim.start], sentence.flat[claim.end :]
    if not claim.value[0].isdecimal() or _STARTS.search(sentence.flat) or _spans(claim, sentence):
        return False
    if _BOUND_BEFORE.search(before) or _BOUND_AFTER.match(after):
        return False
    number = int(claim.value[0]) * (_A_WEEK if claim.value[-1] == "week" else 1)
    return any(step.low > 1 and step.holds(number) for f in ground.folded for step in steps(f))


def _spans(claim: Claim, sentence: Sentence) -> bool:
    """Whether a claim is an end of "4-8", which tells of the thing and not of what one wants."""
    return any(sign in sentence.flat[claim.start : claim.end] for sign in "-–")


def _enough(claim: Claim, ground: Ground) -> bool:
    """As many as a fact says something from on: 150 pieces of "from 100"."""
    return any(
        other.value[1] == claim.value[1]
        and "@over" in clause.marks
        and _whole(claim) >= _whole(other)
        for other, clause in ground.by_kind.get("amount", ())
    )


def cued_otherwise(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """ "at 12" is no day, and "the 11th" no hour."""
    if _whole(claim) <= _LAST_HOUR and _CLOCK_CUE.search(sentence.flat[: claim.start]):
        kinds: tuple[str, ...] = ("time", "dotted", "number")
    elif _NTH.match(sentence.flat[claim.end :]):
        kinds = ("date", "dotted", "number")
    else:
        return False
    found = [c for kind in kinds for c, _ in ground.by_kind.get(kind, ())]
    return not any(equal(claim, c) for c in found)


def _in_a_range(claim: Claim, ground: Ground) -> bool:
    """A size, an age or the customer's own measure that the facts have between two figures."""
    return any(
        int(low) <= _whole(claim) <= int(high)
        for fact in ground.folded
        for low, high in marks("figures.range").findall(fact)
    )


def _whole(claim: Claim) -> float:
    """The figure of a claim; one that is no number is above any limit."""
    try:
        return float(claim.value[0])
    except ValueError:
        return float("inf")


_LASTS = re.compile(r"[dt]a\b|\w{0,4} (?:yet|suf|enough|is|كاف|تكفي)")
_PRICE_BESIDE = 24
"""Letters between a single one and its price."""


def priced_singly(claim: Claim, sentence: Sentence, beside: Sequence[Claim]) -> bool:
    """The one session that a price is told for, and not how many it takes."""
    if claim.value != ("1", "session") or _LASTS.match(sentence.flat, claim.end):
        return False
    return any(
        0 <= gap <= _PRICE_BESIDE
        for c in beside
        if c.kind == "money"
        for gap in (c.start - claim.end, claim.start - c.end)
    )


def taken_off(claim: Claim, ground: Ground) -> bool:
    """By how many per cent one price of the facts is below another."""
    if claim.kind != "percent":
        return False
    prices = [float(c.value[0]) for c, _ in ground.by_kind.get("money", ())]
    prices += [
        n for c, _ in ground.by_kind.get("number", ()) if (n := _whole(c)) >= _PRICE_AT_LEAST
    ]
    share = _whole(claim) / 100.0
    pairs = itertools.permutations(prices[:_FEW_PRICES], 2)
    return any(low < high and abs(1.0 - low / high - share) < _PERCENT for high, low in pairs)


def up_to(claim: Claim, ground: Ground) -> bool:
    """The customer's own measure, no more than the facts allow: six kilos of up to eight."""
    if claim.kind != "amount" or claim.value[1] not in {*_MEASURES, "year", "piece", "heat"}:
        return False
    return any(
        other.value[1] == claim.value[1]
        and _whole(claim) <= _whole(other)
        and _AT_MOST_OF.search(clause.text)
        for other, clause in ground.by_kind.get("amount", ())
    )


def _within(claim: Claim, ground: Ground) -> bool:
    """Fewer than the facts allow of the same: "eleven characters" of up to twelve."""
    limits = (
        m.group(1) or m.group(2)
        for fact in ground.folded
        for m in marks("figures.at_most").finditer(fact)
    )
    return any(_whole(claim) <= int(limit) for limit in limits)


_RUN = re.compile(r"(?<![\d.,])\d(?:[ .-]?\d){5,20}(?![\d.,:]?\d)")


def spaced(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A part of a long number told in groups: "7733 1902 45"."""
    runs = (m for m in _RUN.finditer(sentence.flat) if m.start() <= claim.start < m.end())
    joined = (re.sub(r"\D", "", m.group()) for m in runs if " " in m.group() or "-" in m.group())
    return any(run in ground.figures for run in joined)


def in_parts(claim: Claim, ground: Ground) -> bool:
    """A phone number with or without its country's code; of no other number a part is enough."""
    bare = re.sub(r"^(?:0090|90|0)(?=\d{10}$)", "", claim.value[0])
    return len(bare) == 10 and bare.isdecimal() and bare in ground.figures


def only_counts(claim: Claim, sentence: Sentence) -> bool:
    """A list's number, or one that counts nothing of substance."""
    return only_listed(claim, sentence) or claim.value[0] in {"0", "1", *YEARS}


def only_listed(claim: Claim, sentence: Sentence) -> bool:
    """The number of a list's line."""
    before = sentence.text[: claim.start].strip(" \t-•*")
    return not before and sentence.text[claim.end : claim.end + 1] in {".", ")", "-", ""}


def counts_things(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A small number before a noun ("iki hekimimiz") may be counted from the facts."""
    value = claim.value[0]
    if not value.isdecimal() or int(value) > SMALL:
        return False
    after = sentence.flat[claim.end :]
    if _IN_STOCK.match(after) and "piece" in ground.counted:
        return False
    noun = _NOUN.match(after)
    return noun is not None and not _TIME_CUE.search(sentence.flat[: claim.start])


_FIGURES_OF_A_COUNT = 3
"""A longer one beside a small count is rather the number by which a thing goes: `ürün 4471`."""
_PARTS = 4
"""Of how many parts a whole is told."""
_IN_STOCK = re.compile(
    r" urun\w{0,4} (?:var|kal|mevcut|stok)| (?:\w{2,12} ){0,2}(?:left|in stock)\b"
)
_COUNTED_NOUN = re.compile(
    r" (?!(?:is|are|was|and|has|ve|ile|icin|de|da|te|ta)\b|numara|beden|size)([^\W\d_]{2,4})"
)


def counted_otherwise(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A fact counts the same noun, and otherwise: three for two is not two for one."""
    noun = _COUNTED_NOUN.match(sentence.flat, claim.end)
    if noun is None:
        return False
    counted = re.compile(rf"(?<![\d.:,])(?:(\d{{1,6}})[-–])?(\d{{1,6}}) {re.escape(noun.group(1))}")
    facts = [_GROUPED.sub("", fact) for fact in ground.folded]
    found = [n for fact in facts for pair in counted.findall(fact) for n in pair if n]
    told = {n for n in found if len(n) <= _FIGURES_OF_A_COUNT or len(claim.value[0]) > 2}
    labelled = re.compile(
        rf"{re.escape(noun.group(1))}\w{{0,8}}(?: (?:sayi|aded)\w{{0,5}})? ?[:=] ?(\d{{1,6}})(?!\d)"
    )
    if not told or claim.value[0] in told or _within(claim, ground):
        return False
    if in_a_step(claim, sentence, ground) or claim.value[0] == _whole_of(found):
        return False
    return not any(claim.value[0] in labelled.findall(fact) for fact in facts)


def _whole_of(parts: Sequence[str]) -> str:
    """How many the facts count in parts: three sent and one waiting are four."""
    return str(sum(map(int, parts))) if 1 < len(parts) <= _PARTS else ""


def counts_priced(claim: Claim, beside: Sequence[Claim], told: Told, ground: Ground) -> bool:
    """The count of what a computed price is for: "iki gece 5.600 TL"."""
    value = claim.value[0]
    bare = told.folded[claim.start : claim.end].isdecimal()
    if not (bare or claim.kind in {"amount", "number"}) or not value.isdecimal():
        return False
    if int(value) > _PRICED:
        return False
    money = [c for c in beside if c.kind == "money" and c.start != claim.start]
    return any(not stated(c, ground) and follows(c, told, ground) for c in money)


def within_hours(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A time inside opening hours, where neither end of them is told."""
    if _ENDS.search(sentence.flat) or claim.value[0][-2:] not in _QUARTERS:
        return False
    about = terms(sentence.flat) | {f"wd{c.value[0]}" for c in find_weekdays(sentence.flat)}
    for clause in ground.clauses:
        days = {t for t in about if t.startswith("wd")}
        if (days and not days & clause.terms) or (not days and "@open" not in about):
            continue
        hours = sorted(c.value[0] for c in clause.claims if c.kind == "time")
        if len(hours) >= 2 and hours[0] <= claim.value[0] <= hours[-1]:
            return True
    return False
