"""Colours under their Turkish, English and Arabic names."""

from __future__ import annotations

from functools import cache

from invekto.text.fold import fold
from invekto.text.resources import resource


def colour_names() -> dict[str, list[str]]:
    """Every colour's name for all languages (`black`, `light_blue`) → the names people write."""
    names: dict[str, list[str]] = resource("data/colours.yaml")
    return names


def colour_of(name: str) -> str | None:
    """The colour of a name in any language; None where it is unknown."""
    return _by_name().get(fold(name).strip())


def same_colour(stored: str, asked: str) -> bool:
    """Whether a shop's colour is the one asked for: `siyah` is `black`, and `koyu lacivert` is a
    `lacivert`; the other way round it is not."""
    have, want = fold(stored).split(), fold(asked).split()
    if not have or not want:
        return False
    if have == want or set(want) <= set(have):
        return True
    wanted = colour_of(asked) or (asked if asked in colour_names() else None)
    return wanted is not None and wanted in _colours_in(have)


def colour_name(name: str, language: str) -> str:
    """A colour said in a language; a name that is not known stays as it is."""
    colour = name if name in colour_names() else colour_of(name)
    if colour is None or (language == "tr" and name != colour):
        return name
    names = colour_names()[colour]
    if language == "tr":
        return names[0]
    if language == "ar":
        return next((n for n in names if "\u0600" <= n[0] <= "\u06ff"), names[0])
    return colour.replace("_", " ")


def _colours_in(words: list[str]) -> set[str]:
    """The colours that one, two or three words in a row name."""
    runs = (
        " ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)
    )
    return {colour for run in runs if (colour := _by_name().get(run))}


@cache
def _by_name() -> dict[str, str]:
    return {
        fold(str(written)): colour
        for colour, names in colour_names().items()
        for written in (*names, colour.replace("_", " "))
    }
