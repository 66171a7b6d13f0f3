"""Lists written densely, spelt out: a unit told once for all, tables, numbered items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.claim_words import words
from invekto.guardrails.flat import flat
from invekto.guardrails.readings import marks
from invekto.guardrails.signs import availability

_NUMBERED = re.compile(r"(?:^|(?<=\s))(\d{1,2})\)\s(?=\w)")
_ITEM = re.compile(r"[;\n؛]|(?<!\d)[,،]|[,،](?=\s)|\s[/-]\s")
"""What stands between the items of a list."""
_HEADING = re.compile(r"\s{0,3}[^:;\n]{1,60}?(?::|\s-)\s")
_NUMBER = r"(?:\d{1,3}(?:[.,]\d{3}){1,3}|\d{1,6})(?:[.,]\d{1,2})?"
_ADDRESS = re.compile(
    r"\b(?:sok|sk|sokak|cad|cd|cadde|mah|blok|kat|daire|street|st|no)\w{0,3}[ .:]{1,3}$"
)
_DOTTED = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])")
_SIZE_BEFORE = re.compile(r"(?:^|[\s:/])(?:xs|s|m|l|xl|xxl|3xl|xxxl)[ :=]{1,3}$")
_STOCK = re.compile(r"\b(?:stok|stock|depo|mevcu)|مخزون")
_KEYED = re.compile(r"[,،]\s+(?=\w[^,،:;=.\n]{0,40}:\s+[^\s,،;:])")
_TITLE = re.compile(r"^([^:;,،=\n\d]{2,40}?)\s[-–]\s(?=[^:;,،=\n]{1,40}:)")
_SENTENCE = re.compile(r"(?<=[^\W\d]{3})\.\s|(?<=\d)\.\s(?=[A-ZÇĞİÖŞÜ])")
_ARROWS = re.compile(
    r"(?<![\d.:])(\d{1,3}|[SMLX]{1,3})\s?(?:→|->|=>)\s?(?=\d{1,4}(?:\s[^\W\d]|\s?[,;]|$))"
)
"""`37 → 2 adet, 38 → 0`: a size and how many of it."""
_PRICED = re.compile(r"^[^:=]{2,40}:\s?\d[\d.,]{0,11} ?(?:TL|TRY|EUR|USD|₺|€|\$)\W*$")
_RULE = re.compile(r"[\s|:+-]*")
_LONGEST = 3_000
"""Characters of a fact that is still a list."""
_BY_MUCH = 40
"""How many times as much as another price of a list one may be."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item's place where a unit would stand, its figure and the unit that it has."""

    at: int
    figure: str
    before: str
    unit: str
    bracketed: bool


@lru_cache(maxsize=4_096)
def spelt_out(fact: str) -> tuple[str, ...]:
    """A fact as the rows of its table, or with each item of a list ended and its unit told."""
    if fact.lstrip()[:1] in "{[" or len(fact) > _LONGEST:
        return (fact,)
    table = _table(fact)
    if table:
        return table
    told = [_with_units(part) for part in _SENTENCE.split(_ARROWS.sub(r"\1: ", _numbered(fact)))]
    return (_in_rows(". ".join(told)),)


def told_in_lines(facts: Sequence[str]) -> list[str]:
    """Facts that are the lines of one table, the first of them its heading, as that table."""
    found: list[str] = []
    for fact in facts:
        last = found[-1] if found else ""
        cells = fact.count("|")
        heading = last.partition("\n")[0]
        if cells and "\n" not in fact and heading.count("|") == cells and not _figures([heading]):
            found[-1] = f"{last}\n{fact}"
        else:
            found.append(fact)
    return found


def _numbered(fact: str) -> str:
    """`1) Vazo 300 TL 2) Tepsi 450 TL` with its items apart."""
    if [m.group(1) for m in _NUMBERED.finditer(fact)][:2] != ["1", "2"]:
        return fact
    return _NUMBERED.sub(lambda m: "" if m.group(1) == "1" else "; ", fact)


def _in_rows(fact: str) -> str:
    """`Fiyatlar - Vazo: 300 TL, Tepsi: 450 TL` with its items ended and its title before a colon."""
    items = _KEYED.split(fact)
    if "=" in fact or len(items) < (2 if _of_things(items) else 3):
        return fact
    fact = _TITLE.sub(r"\1:\n", fact)
    return _KEYED.sub("; ", fact)


def _table(fact: str) -> tuple[str, ...]:
    """The rows of a table, each cell after the heading of its column; of a line of cells alone,
    the cells as its parts."""
    lines = [line.strip().strip("|") for line in fact.split("\n") if "|" in line]
    rows = [
        [cell.strip() for cell in line.split("|")] for line in lines if not _RULE.fullmatch(line)
    ]
    if not rows:
        return ()
    head, *others = rows
    if not others or any(len(row) != len(head) for row in others) or _figures(head):
        return tuple(_joined([_with_units(cell) for cell in row if cell]) for row in rows)
    return tuple(
        "; ".join(_field(name, cell) for name, cell in zip(head, row, strict=True) if cell)
        for row in others
    )


def _joined(cells: Sequence[str]) -> str:
    """Cells of one line: parts of one thing, or each a thing of its own with its price."""
    things = _of_things(cells) or (_parallel(cells) and not _of_the_first(cells))
    return ("; " if things else ", ").join(cells)


def _parallel(cells: Sequence[str]) -> bool:
    """`Blender A: 600 W | Blender B: 1000 W`: things whose names have a word in common."""
    names = [match.group().split() for cell in cells if (match := _HEADING.match(flat(cell)))]
    if len(names) < 2 or not all(map(_HEADING.match, map(flat, cells[: len(names)]))):
        return False
    first = set(names[0])
    return all(first & set(name) and first - set(name) and set(name) - first for name in names[1:])


def _of_things(items: Sequence[str]) -> bool:
    """Whether each is a thing with its price, none a kind or a number of the first."""
    return all(map(_PRICED.search, items)) and not _of_the_first(items)


def _of_the_first(items: Sequence[str]) -> bool:
    return any(marks("dense.of_the_first").match(flat(item).lstrip()) for item in items[1:])


def _figures(cells: Sequence[str]) -> bool:
    return any(c.isdecimal() for cell in cells for c in cell)


def _field(heading: str, cell: str) -> str:
    """A cell with what heads its column, the unit told there after a bare figure."""
    unit = _told_unit(flat(heading), heading)
    name = _unit_in_brackets().sub("", flat(heading)).strip() if unit else heading
    return f"{name}={cell} {unit}" if unit and re.fullmatch(_NUMBER, cell) else f"{name}={cell}"


def _with_units(fact: str) -> str:
    """`S 890, M 1.150, L 1.480 TL` with the unit after each."""
    folded = flat(fact)
    if "=" in fact or not any(c.isdecimal() for c in folded):
        return fact
    heading = _HEADING.match(folded)
    begin = heading.end() if heading else 0
    items = [item for place in _places(folded, begin) if (item := _item(fact, folded, place))]
    bare = [item for item in items if not item.unit and not _names(item)]
    if len(items) < 2 or not bare:
        return fact
    unit = _unit_of_all(fact, folded, begin, items)
    if not unit:
        return fact
    for item in reversed(bare):
        if _comparable(item, [i for i in items if i.unit], unit):
            fact = f"{fact[: item.at]} {unit}{fact[item.at :]}"
    return fact


def _places(folded: str, begin: int) -> list[tuple[int, int]]:
    ends = [m.span() for m in _ITEM.finditer(folded, begin)]
    starts = [begin, *(end for _, end in ends)]
    return list(zip(starts, [*(start for start, _ in ends), len(folded)], strict=True))


def _item(fact: str, folded: str, place: tuple[int, int]) -> Item | None:
    """An item that ends in a figure, after a name."""
    start, end = place
    match = _value().search(folded, start, end)
    if match is None:
        return None
    before, bracketed = folded[start : match.start()], bool(match.group("open"))
    if not any(c.isalpha() or (bracketed and c.isdecimal()) for c in before):
        return None
    if _DOTTED.fullmatch(match.group("figure")) and not match.group("unit"):
        return None
    unit = fact[slice(*match.span("unit"))] if match.group("unit") else ""
    return Item(match.end("figure"), match.group("figure"), before, unit, bracketed)


def _names(item: Item) -> bool:
    """Whether a figure names a thing or a place rather than telling a value."""
    return bool(marks("dense.numbers").fullmatch(item.before) or _ADDRESS.search(item.before))


def _unit_of_all(fact: str, folded: str, begin: int, items: Sequence[Item]) -> str:
    """The one unit that items of a list have, or the one its heading tells; pieces where counts in
    brackets or after sizes have none."""
    told = {_key(flat(item.unit)): item.unit for item in items if item.unit}
    if len(told) == 1:
        return next(iter(told.values()))
    heading = folded[:begin]
    if told:
        return ""
    unit = _told_unit(heading, fact[:begin])
    if unit:
        return unit
    counted = all(item.figure.isdecimal() and len(item.figure) < 4 for item in items)
    named = all(
        (item.bracketed and availability(item.before) is None) or _SIZE_BEFORE.search(item.before)
        for item in items
    )
    nought = any(item.figure == "0" for item in items)
    return "adet" if counted and (named or nought or _STOCK.search(heading)) else ""


def _told_unit(heading: str, raw: str) -> str:
    """The unit a heading tells: in brackets, or its own word ("Taksit:")."""
    match = _unit_in_brackets().search(heading)
    if match:
        return raw[slice(*match.span("unit"))]
    match = _unit_alone().fullmatch(heading)
    return raw[slice(*match.span("unit"))] if match else ""


def _comparable(item: Item, told: Sequence[Item], unit: str) -> bool:
    """Whether a bare figure may be a price beside the others."""
    if not told or not _is_money(flat(unit)):
        return True
    values = [_plain(i.figure) for i in told]
    return max(values) <= _BY_MUCH * _plain(item.figure) and _plain(item.figure) > 9


def _plain(figure: str) -> float:
    whole = re.sub(r"[.,](?=\d{3})", "", figure)
    return float(whole.replace(",", "."))


@lru_cache(maxsize=1)
def _units() -> dict[str, str]:
    """Units and currencies by their words."""
    table = words()
    return {
        flat(str(word)).lstrip("="): str(key)
        for group in ("units", "currencies")
        for key, entries in table[group].items()
        for word in entries
    }


@lru_cache(maxsize=1)
def _any_unit() -> str:
    return "|".join(re.escape(w) for w in sorted(_units(), key=len, reverse=True))


@lru_cache(maxsize=1)
def _value() -> re.Pattern[str]:
    unit = rf"(?P<unit>(?:{_any_unit()})\w{{0,2}}(?: ?/ ?\w{{2,8}})?)"
    return re.compile(
        rf"(?<![\w.,:/+-])(?P<open>\()?(?P<figure>{_NUMBER})(?![\w:])(?: ?{unit})?\)?[.\s]{{0,3}}$"
    )


@lru_cache(maxsize=1)
def _unit_in_brackets() -> re.Pattern[str]:
    return re.compile(rf"\((?P<unit>{_any_unit()})\w{{0,3}}\)")


@lru_cache(maxsize=1)
def _unit_alone() -> re.Pattern[str]:
    return re.compile(rf"\s{{0,3}}(?P<unit>{_any_unit()})(?:lar|ler|i|si|s)?\s?[:-]\s{{0,3}}")


def _key(unit: str) -> str:
    return next((key for word, key in _sorted() if unit.startswith(word)), unit)


@lru_cache(maxsize=1)
def _sorted() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_units().items(), key=lambda u: -len(u[0])))


def _is_money(unit: str) -> bool:
    return _key(unit) in words()["currencies"]
