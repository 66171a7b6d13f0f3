"""Values of a spreadsheet's cells as a reader of the sheet sees them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

_QUOTED = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]|\\(.)')
_CONDITION = re.compile(r"\[[^\]]*\]|_.|\*.")
_SIGN = re.compile(r"[₺€$£]")
_PLACES = re.compile(r"\.(0+)")
MARKS = {"tr": (".", ",")}
"""Between thousands and before decimals; elsewhere the other way round."""


def shown(value: object, form: str, language: str) -> str:
    """A cell's text: money with the sign of its number format, percentages as such, numbers
    written as in `language`."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time.min:
            return value.strftime("%d.%m.%Y")
        case datetime():
            return value.strftime("%d.%m.%Y %H:%M")
        case date():
            return value.strftime("%d.%m.%Y")
        case time():
            return value.strftime("%H:%M")
        case bool():
            return str(value)
        case int() | float():
            return _number(float(value), form, language)
        case _:
            return str(value)


def _number(value: float, form: str, language: str) -> str:
    """The number format's first section tells sign, places and grouping."""
    section = form.split(";")[0]
    words = " ".join("".join(found) for found in _QUOTED.findall(section)).strip()
    bare = _CONDITION.sub("", _QUOTED.sub("", section))
    if "%" in bare:
        said = _written(value * 100, bare, language)
        return f"%{said}" if language == "tr" else f"{said}%"
    unit = words or "".join(_SIGN.findall(bare))
    said = _written(value, bare, language)
    return f"{said} {unit}" if unit else said


def _written(value: float, bare: str, language: str) -> str:
    """Whole numbers without places; thousands apart where the format has them apart."""
    places = _PLACES.search(bare)
    if value == round(value):
        text = f"{value:,.0f}"
    elif places and "%" not in bare:
        text = f"{value:,.{len(places.group(1))}f}"
    else:
        text = f"{value:,.10g}"
    group, point = MARKS.get(language, (",", "."))
    grouped = group if "," in bare else ""
    return text.replace(",", "\0").replace(".", point).replace("\0", grouped)
