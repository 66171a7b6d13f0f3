"""What stands among the facts and stays inside: notes for the staff, and the records of people
other than the customer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.claims import find_claims
from invekto.guardrails.courtesy import serves
from invekto.guardrails.flat import flat
from invekto.guardrails.wording import terms

_MARK = re.compile(
    r"\b(?:sistem|ic|dahili|gizli|personel|sirket ici|resepsiyon|kurye|ekip|doktor|hekim) not\w{0,4}\b|\((?:ic|dahili|gizli|internal|staff(?: only)?|hidden|سري|داخلي)\)|"
    r"\b(?:musteriye|hastaya|misafire|konuga) (?:\w+ )?(?:soylenmez|soylemeyin|soylenmeyecek|vermeyin|verilmez|iletmeyin|bildirilmez)|"
    r"\binternal(?:ly| only| note\w?)?\s?:|\b(?:system|staff|agent|crm|private|hidden) notes?\b|\bdo not (?:tell|mention|share|disclose)|\bnot for (?:the )?(?:customer|guest|patient)|"
    r"\b(?<!is )(?<!are )confidential|ملاحظه (?:داخليه|سريه)|داخلي\w?\s?:|لا (?:تخبر|تذكر|يقال|تقل)\w* (?:ل)?(?:العميل|الزبون|النزيل|المريض)|سري\s?:"
)
_CUT = re.compile(r"[.;\n](?=\s)|,(?=\s)")
_STOP = re.compile(r"[.;\n](?=\s)")
_PERSON = re.compile(
    r"\b(?:alici|konuk|musteri|hasta(?: kaydi)?|danisan|misafir|uye|customer|guest|patient(?: record)?|client|recipient|name|ad soyad|isim|"
    r"العميله?|النزيله?|الضيفه?|المريضه?|الزبونه?|المستلم)\s?[:=]?\s",
)
_NAME = re.compile(
    r"(?:[A-ZÇĞİÖŞÜ][\wçğıöşü’'.-]{1,30})(?: [A-ZÇĞİÖŞÜ][\wçğıöşü’'-]{1,30}){1,2}|[\u0621-\u064a]{2,20}(?: [\u0621-\u064a]{2,20})?"
)
_ME = re.compile(
    r"\s*(?:musteri|yazan|soran|konuk|hasta|arayan|customer|writer|writing|guest|patient|asked by|from|العميله?|الكاتبه?|المرسله?|النزيله?|السائله?)\s?[:=]\s?([^,:;=\d]{2,40})\.?$"
)
_EXAMPLE = re.compile(r"\bornegin|\bmesela|\bfor (?:example|instance)|\bsuch as|مثلا")
_VALUE = re.compile(r"\+?\d[\d ()-]{6,18}\d|[\w.+-]{1,40}@[\w.-]{1,40}\.\w{1,10}")


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the facts with the person it is about."""

    text: str
    person: str


def parted(fact: str) -> tuple[str, str]:
    """A fact as what may be told of it and what stays inside."""
    return _parted(fact)


@lru_cache(maxsize=4_096)
def _parted(fact: str) -> tuple[str, str]:
    folded = flat(fact)
    mark = _MARK.search(folded)
    if mark is None:
        return fact, ""
    imperative = mark.group().startswith(
        ("musteriye", "hastaya", "misafire", "konuga", "do not", "not for")
    )
    pattern = _STOP if imperative else _CUT
    start = max((m.end() for m in pattern.finditer(folded, 0, mark.start())), default=0)
    return fact[:start], fact[start:]


def told_of_notes(reply: Iterable[str], facts: Sequence[str], language: str) -> str | None:
    """The first sentence of a reply that tells what a note for the staff says: a figure of it, or
    two of its words, that nothing else has."""
    open_words, open_values = _content(" \n ".join(parted(f)[0] for f in facts), language)
    for note in (parted(f)[1] for f in facts):
        if not note:
            continue
        words, values = _content(_MARK.sub(" ", flat(note)), language)
        for sentence in reply:
            said, figures = _content(sentence, language)
            if figures & (values - open_values) or len(said & (words - open_words)) >= 2:
                return sentence
    return None


@lru_cache(maxsize=4_096)
def _content(text: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    folded = flat(text)
    claims = find_claims(text, folded, language)
    figures = frozenset(c.value[0] for c in claims if len(c.value[0]) > 1 and c.kind != "weekday")
    return frozenset(t for t in terms(folded) if not serves(t)), figures


def of_others(reply: str, facts: Sequence[str]) -> str | None:
    """The name or a value of somebody else that the reply tells, by the records of the facts."""
    records = [r for fact in facts for r in _records(fact)]
    if not records:
        return None
    folded = flat(reply)
    mine = _mine(folded, facts, records)
    for record in records:
        if record.person in mine or (not mine and not _EXAMPLE.search(folded)):
            continue
        own = " ".join(r.text for r in records if r.person in mine)
        if _says(folded, record.person) and not _says(own, record.person):
            return record.person
        for value in _VALUE.findall(record.text):
            bare = re.sub(r"\D", "", value)
            if (
                len(bare) >= 7
                and bare in re.sub(r"\D", "", folded)
                and bare not in re.sub(r"\D", "", own)
            ):
                return str(value)
        street = _street(record.text)
        if street and street in folded and street not in own:
            return street
    return None


def _street(folded: str) -> str:
    match = re.search(r"\b([a-z]{4,20}) (?:mah|cad|sok|bulv|blv|street|avenue)\b", folded)
    return match.group() if match else ""


def _says(folded: str, person: str) -> bool:
    """Whether a text names a person by the last name, or whole."""
    last = person.split()[-1]
    return bool(re.search(rf"(?<!\w)(?:ال)?{re.escape(last)}(?![a-z\u0621-\u064a])", folded))


def _mine(folded: str, facts: Sequence[str], records: Sequence[Record]) -> frozenset[str]:
    """The customer's own names: told by a fact, spoken to, or of the first record that the reply
    names by its number."""
    told = {m.group(1).strip(" .") for fact in facts if (m := _ME.match(flat(fact)))}
    people = {r.person for r in records}
    known = {p for p in people if any(p in t or t in p for t in told)}
    if told:
        return frozenset(known | told)
    called = {
        p
        for p in people
        if re.search(
            rf"(?<!\w){re.escape(p.split()[0])} (?:bey|hanim)|(?:dear|sayin|hi|hello|mr|mrs|ms)\.? {re.escape(p.split()[0])}|(?:mr|mrs|ms)\.? {re.escape(p.split()[-1])}",
            folded,
        )
    }
    if called:
        return frozenset(called)
    if len(people) < 2:
        return frozenset()
    for record in records:
        numbers = re.findall(r"(?<!\w)[a-z]{0,3}-?\d{2,6}(?!\w)", record.text[:40])
        if any(re.search(rf"(?<!\w){re.escape(n)}(?!\w)", folded) for n in numbers):
            return frozenset({record.person})
    return frozenset()


@lru_cache(maxsize=4_096)
def _records(fact: str) -> tuple[Record, ...]:
    folded = flat(fact)
    if _ME.match(folded):
        return ()
    found = []
    rows = [0, *(m.end() for m in re.finditer(r"[.;\n](?=\s+[^\W\d_])", folded)), len(fact)]
    for start, end in itertools.pairwise(rows):
        cue = _PERSON.search(folded, start, end)
        name = _NAME.match(fact, cue.end()) if cue else None
        if name and name.end() <= end:
            found.append(Record(folded[start:end], flat(name.group()).strip()))
    return tuple(found)
