"""The right value on the wrong thing: what the value is said of, and of what the facts say it."""

from __future__ import annotations

import re

from invekto.guardrails.binding import settled
from invekto.guardrails.claims import Claim
from invekto.guardrails.courtesy import serves
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import candidates, equal
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import costs, negative
from invekto.guardrails.wording import Clause, akin

ALIGNED = frozenset({"money", "percent", "amount", "date", "time", "dotted"})
NEARER = 0.2
"""By how much another fact must be nearer before a value counts as taken from it."""
_AFTER = re.compile(r"'?[dt][ae]n (?:sonra|itibaren)| sonrasi")
_UNTIL = re.compile(r"'?\w{0,2} ?(?:kadar|once)\b|'?[dt][ae]n once")
_SAVED = re.compile(
    r"(?:'?\w{1,3})? ?(?:indirim|fark\b|tasarruf|off\b|cheaper|daha (?:ucuz|hesapli|az)|خصم)"
)
_SAVE = re.compile(r"\b(?:saves?|saving) (?:you )?$|توفر $")
_SAVING = re.compile(
    r"indirim|iskonto|fark|tasarruf|discount|\boff\b|\bsav|cheaper|خصم|تخفيض|kupon|hediye"
)
_FIXED = re.compile(r"\b(?:sabit|net fiyat|son fiyat|fixed|final)\b|ثابت|نهائي")


def _settled(claim: Claim, piece: Clause, ground: Ground) -> bool:
    return claim in piece.claims and settled(piece, piece.claims.index(claim), ground)


def _on_its_day(claim: Claim, about: frozenset[str], ground: Ground) -> bool:
    """One row has the time and every day that is spoken of."""
    days = {t for t in about if t.startswith(("wd", "dm"))}
    told = [
        row for row in ground.rows if any(equal(claim, c) for c in row.claims if c.kind == "time")
    ]
    return bool(days) and any(days <= row.terms for row in told)


def misplaced(
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
    if claim.kind == "money":
        said = _other_limit(piece, same, ground) or _no_saving(claim, sentence, same)
        if said:
            return f"“{quote}” {said}"
    if same and _FIXED.search(sentence.flat) and all("@from" in c.marks for c in same):
        return f"“{quote}” is only where it begins"
    others = [
        clause
        for other, clause in ground.by_kind.get(claim.kind, ())
        if not equal(claim, other) and _comparable(claim, other)
    ]
    if keyed_otherwise(claim, piece, ground):
        return f"“{quote}” belongs to something else"
    if any(_confirmed(claim, piece, clause) for clause in same):
        return None
    if claim.kind == "money" and piece.marks & {"@over", "@under"}:
        turned = same and all(_turned(piece, clause) for clause in same)
        return f"“{quote}”: the facts set the limit the other way" if turned else None
    if claim.kind == "time" and same and all(_turned_round(claim, piece, c) for c in same):
        return f"“{quote}”: the facts set the limit the other way"
    if _settled(claim, piece, ground) or (
        claim.kind == "time" and _on_its_day(claim, about, ground)
    ):
        return None
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


def _other_limit(piece: Clause, same: list[Clause], ground: Ground) -> str | None:
    """A limit of the reply that the facts have as a price, where they have another limit."""
    limits = {"@over", "@under"}
    if not piece.marks & limits or len([c for c in piece.claims if c.kind == "money"]) > 1:
        return None
    told = [clause for _, clause in ground.by_kind.get("money", ()) if clause.marks & limits]
    if not told or any(clause.marks & limits for clause in same):
        return None
    return "is no limit of the facts"


def _no_saving(claim: Claim, sentence: Sentence, same: list[Clause]) -> str | None:
    """A price told as what is saved."""
    saves = _SAVED.match(sentence.flat[claim.end :]) or _SAVE.search(sentence.flat[: claim.start])
    if not saves or any(_SAVING.search(clause.text) for clause in same):
        return None
    return "is a price of the facts, not what is saved"


def _turned(piece: Clause, clause: Clause) -> bool:
    """Free below where the fact says free above, or the other way round."""
    limits = {"@over", "@under"}
    said, told = piece.marks & limits, clause.marks & limits
    same = costs(piece.text) == costs(clause.text)
    prices = sum(c.kind == "money" for c in piece.claims)
    same = same and (costs(piece.text) != "" or prices == 1 or costs(clause.text) == "")
    return same and len(said) == len(told) == 1 and said != told and not negative(piece.text)


def _turned_round(claim: Claim, piece: Clause, clause: Clause) -> bool:
    """After a time where the fact says until it, of what is otherwise the same."""
    told = clause.text[_end_in(claim, clause) :]
    said = piece.text[claim.end - piece.start :]
    turned = (_AFTER.match(said) and _UNTIL.match(told)) or (
        _UNTIL.match(said) and _AFTER.match(told)
    )
    same = {t for t in piece.terms if t in clause.terms and not serves(t)}
    return bool(turned) and len(same) >= 2 and negative(piece.text) == negative(clause.text)


def _end_in(claim: Claim, clause: Clause) -> int:
    found = next((c for c in clause.claims if equal(claim, c)), None)
    return found.end - clause.start if found else len(clause.text)


def keyed_otherwise(claim: Claim, piece: Clause, ground: Ground) -> bool:
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
