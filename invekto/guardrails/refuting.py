"""Statements that the facts refute: yes for no, free for paid, done for not done, every for only."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from invekto.guardrails.binding import settled_as, siblings_apart
from invekto.guardrails.courtesy import serves
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import equal
from invekto.guardrails.signs import costs, denied_states, negative, not_yet, states, undone
from invekto.guardrails.stock import absent, confirmed, contradicted
from invekto.guardrails.wording import Clause, akin, terms

NEARER = 0.3
ABOUT = 0.4
"""Share of an "only" in the facts that a clause of the reply must be about to be limited by it."""
_CONDITION = re.compile(
    r"\w{2,14}(?:rsa|rse|ysa|yse)\w{0,4}\b|\bise\b|\buzeri|\bustu|\bif\b|\bover\b|\babove\b|اذا|فوق|اكثر من"
)
_APPROVED = re.compile(r"\bonayland|\bapproved\b|\baccepted\b|\bkabul edildi|تمت الموافقه")
_DENIES = re.compile(r"\bnot (?:yet )?(?:been )?|n't (?:yet )?(?:been )?|(?<!\w)لم (?:يتم )?")
_WHILE = re.compile(
    r"(?:ana|ene|ana|ilene|inceye|uncaya) kadar|\w(?:ince|unca)\b|\bdiye sor|\basked (?:if|whether)|\bonce(?:si)?\b|\buntil\b|\bonce it\b|\bbefore\b|"
    r"\bcan be\b|\bise\b|\bif\b|\bwhen\b|قبل|حتي|اذا"
)
"""A state that is not told but spoken of: "until it is shipped"."""
_ORDERED = re.compile(
    r"(?:order|siparis|return|iade|طلب|رقم)\w{0,6} (?:no:? ?|#)?(\d{3,4})(?![\d.,])|^ ?(\d{4}) "
)
_DENIED_NOUN = re.compile(
    r"(?<!\w)((?:[^\W\d_]{2,20} ){0,2}[^\W\d_]{3,20}) (?:yok(?:tur)?|bulunmuyor|yapilm\w{2,5}|kabul edilm\w{2,5})\b"
)
_CONDITIONED = re.compile(
    r"\bkala\b|\bhalinde|\bdurumunda|\btakdirde|\bsonra\b|\w(?:irsa|irse|arsa|erse|ursa|urse|mazsa|mezse)\w{0,4}\b|"
    r"\bif\b|\bunless\b|\bless than\b|\bafter\b|اذا|بعد"
)
_INCLUDED = re.compile(r"\bdahil|\binclu?d|\bincl\b|شامل|يشمل|تشمل|مشمول")
_QUALIFIER = ["@over", "@under", "@only", "@from"]


def refuted(
    piece: Clause, own: frozenset[str], whole: frozenset[str], ground: Ground
) -> str | None:
    """Why the facts refute a clause of the reply, or None. `own` are its terms that the facts
    know, `whole` those of its sentence."""
    quote = piece.text.strip()[:80]
    claimed = piece.text.strip()
    deed = undone(claimed, _told_of(piece, ground)) if undone(claimed, []) else None
    if deed:
        return f"no fact says that this was done: “{quote}” ({deed})"
    if contradicted(piece, ground) or absent(piece, ground):
        return f"the facts say otherwise of what is there: “{quote}”"
    if _other_state(piece, ground):
        return f"the state in “{quote}” is not that of the facts"
    if _other_cost(piece, whole, ground):
        return f"“{quote}”: the facts say something else of the cost"
    if (
        own
        and not confirmed(piece, ground)
        and (
            _opposed(piece, own, whole, ground)
            or _limited(piece, own, ground)
            or _elsewhere(piece, own, ground)
        )
    ):
        return f"a fact says the opposite of “{quote}”"
    return None


def _told_of(piece: Clause, ground: Ground) -> list[str]:
    """The facts about the days and times that a clause names; all of them where it names none."""
    named = [c for c in piece.claims if c.kind in {"date", "time", "dotted"}]
    if not named:
        return ground.folded
    told = [
        clause.text
        for clause in ground.statements
        if all(any(equal(claim, other) for other in clause.claims) for claim in named)
    ]
    return told + [
        fact
        for fact, row in ground.single_rows
        if all(any(equal(claim, other) for other in row.claims) for claim in named)
    ]


def _opposed(piece: Clause, own: frozenset[str], whole: frozenset[str], ground: Ground) -> bool:
    """The fact that is most about the same thing says yes where the reply says no, or the
    other way round."""
    side = negative(piece.text)
    if not any(re.search(r"[^\W\d_]{3}|@|wd|dm", term) for term in own):
        return False
    if side and (_nothing_yet(ground) or not_yet(piece.text) or _CONDITIONED.search(piece.text)):
        return False
    if side and (costs(piece.text) or "@included" in piece.terms):
        return False
    if costs(piece.text) == "free" or _only_days(piece, own):
        return False
    if _opposed_on_a_day(piece, side, ground):
        return True
    if not side and settled_as(piece, side, ground):
        return False
    if side and _denied_whole(piece, own, ground):
        return True
    fits = [
        (clause, near)
        for clause in ground.perhaps_about(own)
        if (near := _fit(own, whole, clause, ground)) > 0
    ]
    for clause, near in fits:
        if negative(clause.text) == side or _of_another(piece, clause, side, ground):
            continue
        agreeing = any(negative(c.text) == side for c, _ in fits)
        loose = side or agreeing or not _within(own, piece, clause)
        if not _covers(whole, clause) and loose:
            continue
        topic = {t for t in clause.terms if any(akin(t, o) for o in own)}
        rivals = [(c, n) for c, n in fits if negative(c.text) == side and (side or topic & c.terms)]
        if near <= max((n for _, n in rivals), default=0.0) + 0.01:
            continue
        if any(_more_special(own, c, clause) for c, _ in rivals):
            continue
        if not side and not _denied_is_said(piece, clause):
            continue
        if not _narrower(clause, own, [c for c, _ in rivals], ground):
            return True
    return False


def _of_another(piece: Clause, clause: Clause, side: bool, ground: Ground) -> bool:
    """The fact is about another day, another of its kind, or a time that the reply is outside of."""
    if siblings_apart(piece, clause) or _other_day(piece, clause):
        return True
    if not side and _CONDITIONED.search(clause.text) and "@every" not in piece.marks:
        return True
    values = [c for c in piece.claims if c.kind not in {"weekday", "date"}]
    if side and any(not any(equal(c, o) for o in clause.claims) for c in values):
        return True
    outside = any(not ground.known(t) and not serves(t) for t in piece.terms - {*_QUALIFIER})
    return side and outside and "@only" in clause.marks


def _only_days(piece: Clause, own: frozenset[str]) -> bool:
    """Nothing but a day is named: nothing is said of it."""
    told = [c for c in piece.claims if c.kind != "weekday"]
    return not told and all(t.startswith(("wd", "dm")) for t in own)


def _more_special(own: frozenset[str], rival: Clause, clause: Clause) -> bool:
    """A fact that agrees names more of what the reply is about than the one that does not."""
    agreeing = {o for o in own if any(akin(o, t) for t in rival.terms)}
    against = {o for o in own if any(akin(o, t) for t in clause.terms)}
    return len(agreeing) > len(against) or bool(agreeing - against)


def _denied_is_said(piece: Clause, clause: Clause) -> bool:
    """Whether the reply speaks of just what a Turkish fact denies: "iade yok" denies returns,
    whatever else stands before it."""
    match = _DENIED_NOUN.search(clause.text)
    if match is None:
        return True
    denied = terms(match.group(1))
    return not denied or any(akin(t, o) for t in denied for o in piece.terms)


def _named_in(own: frozenset[str], clause: Clause) -> int:
    return sum(any(akin(o, t) for t in clause.terms) for o in own)


def _denied_whole(piece: Clause, own: frozenset[str], ground: Ground) -> bool:
    """The reply denies something as a whole that a fact has in one kind at least, and no fact
    denies as a whole."""
    things = {t for t in own if not re.fullmatch(r"n[\d.]+|(?:wd|dm)[\d-]+", t)}
    said = {t for t in piece.terms if not serves(t) and t not in _QUALIFIER}
    if len(things) < 2 or things != said or piece.claims:
        return False
    having = [c for c in ground.statements if _named_in(frozenset(things), c) == len(things)]
    wider = [c for c in ground.statements if negative(c.text) and _share(things, c) > 0.99]
    return any(not negative(c.text) for c in having) and not wider


def _within(own: frozenset[str], piece: Clause, clause: Clause) -> bool:
    """All that a short clause of the reply is about stands in the fact's clause."""
    named = [t for t in piece.terms if not serves(t) and t not in _QUALIFIER]
    return len(named) == len(own) and all(any(akin(t, o) for o in clause.terms) for t in own)


def _narrower(clause: Clause, own: frozenset[str], rivals: list[Clause], ground: Ground) -> bool:
    """The fact is about a special case that the reply does not name, and another fact, as near,
    agrees with the reply."""
    extra = [t for t in clause.terms if not any(akin(t, o) for o in own)]
    near = ground.nearness(own, clause)
    return bool(extra) and any(ground.nearness(own, rival) >= near for rival in rivals)


def _other_day(piece: Clause, clause: Clause) -> bool:
    """Both name days of the week, and none in common."""
    said = {t for t in piece.terms if t.startswith("wd")}
    told = {t for t in clause.terms if t.startswith("wd")}
    return bool(said and told) and not said & told


def _fit(own: frozenset[str], whole: frozenset[str], clause: Clause, ground: Ground) -> float:
    """How much a fact is about what a clause of the reply is about."""
    if not any(akin(t, o) for t in clause.terms for o in own):
        return 0.0
    near = ground.nearness(own, clause)
    if len(own) == 1:
        near += 0.3 * ground.nearness(whole - own, clause)
    return near * (0.5 + 0.5 * _share(own if len(own) > 1 else whole, clause))


def _opposed_on_a_day(piece: Clause, side: bool, ground: Ground) -> bool:
    """Every fact about a named day says the other thing of being open."""
    if "@open" not in piece.terms:
        return False
    for day in (t for t in piece.terms if t.startswith(("wd", "dm"))):
        told = {negative(c.text) for c in ground.statements if day in c.terms}
        if told == {not side}:
            return True
    return False


def _covers(about: AbstractSet[str], clause: Clause) -> bool:
    """Whether most of what a fact's clause is about is what the reply is about."""
    return _share(about, clause) > 0.5


def _share(about: AbstractSet[str], clause: Clause) -> float:
    """Share of a fact's clause that the reply is about."""
    named = [t for t in clause.terms if not serves(t) and t not in _QUALIFIER]
    told = [t for t in named if not re.fullmatch(r"n[\d.]+", t)] or named
    if not told:
        return 0.0
    return sum(any(akin(t, a) for a in about) for t in told) / len(told)


def _elsewhere(piece: Clause, own: frozenset[str], ground: Ground) -> bool:
    """The facts say "only there", the reply names another place or way."""
    if negative(piece.text):
        return False
    new = {t for t in piece.terms if t.startswith("@") and not ground.known(t)}
    new -= {*_QUALIFIER, "@price", "@pay"}
    sizes = {t for t in piece.terms if t.startswith("n")}
    for clause in ground.clauses:
        if "@only" not in clause.marks or siblings_apart(piece, clause):
            continue
        if _share(own, clause) >= ABOUT:
            only = {t for t in clause.terms if t.startswith("n")}
            if sizes and only and not sizes & only:
                return True
            limits = {t for t in clause.terms if t.startswith("@") and t not in _QUALIFIER} - own
            if new and limits and not limits & piece.terms:
                return True
    return False


def _limited(piece: Clause, own: frozenset[str], ground: Ground) -> bool:
    """The reply says `every`, the fact about it `only` or `above`."""
    if "@every" not in piece.marks or (negative(piece.text) and "@only" in piece.marks):
        return False
    things = {t for t in own if not t.startswith(("wd", "dm", "n"))}
    return any(
        clause.marks & {"@only", "@over"} and ground.nearness(things, clause) > 0
        for clause in ground.clauses
    )


def _other_cost(piece: Clause, whole: frozenset[str], ground: Ground) -> bool:
    said = costs(piece.text)
    if not said:
        return False
    if said == "free" and _included_too(piece, ground):
        return False
    if said == "free" and _CONDITION.search(piece.text):
        return not any(costs(clause.text) == "free" for clause in ground.clauses)
    about = piece.terms if any(ground.known(t) for t in piece.terms) else whole
    same: float | None = None
    against = 0.0
    for clause in ground.clauses:
        priced = any(c.kind == "money" for c in clause.claims)
        cost = costs(clause.text) or ("paid" if priced else "")
        near = ground.nearness(about, clause)
        if cost == said:
            same = max(same or 0.0, near)
        elif cost:
            against = max(against, near)
    return same is None or against > same + NEARER


def _included_too(piece: Clause, ground: Ground) -> bool:
    """Something is included, and a fact that names it says so."""
    if not _INCLUDED.search(piece.text):
        return False
    things = {t for t in piece.terms if not serves(t)} - {"@included", "@price"}
    told = [clause for clause in ground.clauses if _INCLUDED.search(clause.text)]
    return any(akin(t, o) for clause in told for t in things for o in clause.terms)


def _codes(clause: Clause) -> frozenset[str]:
    """Numbers of orders and the like, by which one thing is told from another."""
    return frozenset(re.findall(r"(?<![\d.,])\d{5,12}(?![\d.,])", clause.text)) | frozenset(
        _ORDERED.findall(clause.text)
    )


def _nothing_yet(ground: Ground) -> bool:
    """Nothing was sent or paid yet: what a reply denies has not happened."""
    known = {state for clause in ground.clauses for state in states(clause.text)}
    return bool(known) and known <= {"preparing", "approved_wait"}


def _other_state(piece: Clause, ground: Ground) -> bool:
    stated, denied = states(piece.text), denied_states(piece.text)
    if not (stated or denied) or _spoken_of(piece.text):
        return False
    told = [clause for clause in ground.clauses if not _spoken_of(clause.text)]
    named = _codes(piece)
    known = {state for clause in told for state in states(clause.text)}
    own = {s for c in told if named & _codes(c) for s in states(c.text)} if named else set()
    known = own or known
    said = frozenset[str]() if _DENIES.search(piece.text) else stated
    if said == {"planned"} and known and not known & {"delivered", "cancelled", "refused"}:
        return False
    if "refused" in said - known and any(_APPROVED.search(clause.text) for clause in told):
        return True
    if "planned" in known and not known & {"shipped", "out", "delivered"}:
        known |= {"preparing", "shipped", "out"}
    if "out" in known:
        known |= {"shipped"}
    if said and known and not said & known:
        return True
    return bool((denied | (stated - said)) & known)


@lru_cache(maxsize=4_096)
def _spoken_of(folded: str) -> bool:
    """Whether a clause speaks of a state without telling it."""
    return bool(_WHILE.search(folded))
