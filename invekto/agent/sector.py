"""A sector as one value: its intents, playbooks, notices, tools and rules. Adding one is making
another value (see examples/hotel), named in the `sectors` setting."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from invekto.errors import BadData, NotFound
from invekto.tools.contract import Tool

HERE = Path(__file__).parent
PLAYBOOKS = HERE / "playbooks"
NOTICES = HERE / "notices"
TAXONOMY = HERE / "intents" / "taxonomy.yaml"


@dataclass(frozen=True, slots=True)
class Sector:
    """`playbooks` are searched in order, so a sector's own file wins over the general one."""

    name: str
    packs: tuple[str, ...]
    playbooks: tuple[Path, ...]
    notices: Path
    health: bool = False
    taxonomies: tuple[Path, ...] = (TAXONOMY,)
    training: tuple[Path, ...] = ()
    """Folders of example messages for intents beyond the shared taxonomy."""
    tools: tuple[Tool[Any, Any], ...] = ()
    """Tools beyond the standard ones."""


STANDARD = (
    Sector(
        "ecommerce",
        ("general", "ecommerce"),
        (PLAYBOOKS / "ecommerce", PLAYBOOKS / "general"),
        NOTICES / "ecommerce.yaml",
    ),
    Sector(
        "dental",
        ("general", "clinic"),
        (PLAYBOOKS / "clinic", PLAYBOOKS / "general"),
        NOTICES / "dental.yaml",
        health=True,
    ),
    Sector(
        "aesthetic",
        ("general", "clinic"),
        (PLAYBOOKS / "clinic", PLAYBOOKS / "general"),
        NOTICES / "aesthetic.yaml",
        health=True,
    ),
    Sector("hotel", ("general",), (PLAYBOOKS / "general",), NOTICES / "hotel.yaml"),
)


def load_sectors(extensions: str = "") -> dict[str, Sector]:
    """The standard sectors and those named in the `sectors` setting; an extension of the same
    name replaces a standard one.

    Raises:
        BadData: an extension cannot be imported or has no `SECTOR`.
    """
    sectors = {s.name: s for s in STANDARD}
    for name in filter(None, (part.strip() for part in extensions.split(","))):
        try:
            sector = importlib.import_module(name).SECTOR
        except (ImportError, AttributeError) as error:
            raise BadData(
                f"sector extension {name!r} could not be loaded ({error}): it must be an importable"
                " module with a `SECTOR` value"
            ) from error
        sectors[sector.name] = sector
    return sectors


def sector_of(sectors: dict[str, Sector], name: str) -> Sector:
    """A sector by name.

    Raises:
        NotFound: naming the known ones.
    """
    try:
        return sectors[name]
    except KeyError:
        raise NotFound(f"unknown sector {name!r}; known are {', '.join(sorted(sectors))}") from None
