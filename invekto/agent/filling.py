"""Places in a drafted text for what is only known once an action was done, such as a link.

A tool marks them in its preview's detail: `url: "[[link:order]]"` says that the result's `url`
will stand wherever the text holds `[[link:order]]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from invekto.contracts.action import ProposedAction

PLACE = re.compile(r"\[\[[a-z_:]+\]\]")
Places = Mapping[str, str]


def places_of(action: ProposedAction, result: Mapping[str, Any]) -> dict[str, str]:
    """What stands in an action's places, by its result."""
    return {
        place: str(result[name])
        for name, place in action.detail.items()
        if isinstance(place, str) and PLACE.fullmatch(place) and name in result
    }


def filled(text: str, places: Places) -> str:
    """The text with its places filled; those that nothing is known of stay."""
    return PLACE.sub(lambda found: places.get(found.group(), found.group()), text)


def unfilled(text: str) -> bool:
    """Whether a place is left that no customer may see."""
    return PLACE.search(text) is not None
