"""What was priced or looked up last, as the customer's next message may change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from invekto.agent.intents.dialogue.amending import Good
from invekto.agent.intents.words import TenantWords
from invekto.agent.state import TaskResult
from invekto.contracts.understanding import Understanding

QUOTED = "pricing.quote"
"""The tool whose proposal holds what was priced together."""
SUGGESTED = "catalog.recommend"
"""The tool whose result is shown to choose from."""


def goods_of(
    results: Iterable[TaskResult], understanding: Understanding, words: TenantWords
) -> tuple[Good, ...]:
    """The goods of a quote; else the one product looked up, as many of it as the message wants;
    else those suggested, in their order."""
    for result in results:
        for action in result.actions:
            if action.tool == QUOTED:
                return tuple(_good(item, words) for item in action.args["items"])
        if "product" in result.named:
            return (_good(_looked_up(result, understanding), words),)
        shown = tuple(_suggested(result))
        if shown:
            return tuple(replace(_good({"name": id_}, words), shown=True) for id_ in shown)
    return ()


def as_items(goods: Iterable[Good]) -> list[dict[str, Any]]:
    """As pricing tools take them."""
    return [
        {
            "name": good.id, "quantity": good.quantity,
            **({"size": good.size} if good.size else {}),
            **({"colour": good.colour} if good.colour else {}),
        }
        for good in goods
    ]  # fmt: skip


def _suggested(result: TaskResult) -> Iterator[str]:
    for card in result.cards:
        if card["tool"] == SUGGESTED:
            yield from (item["product"]["product_id"] for item in card["result"]["items"])


def _looked_up(result: TaskResult, understanding: Understanding) -> dict[str, Any]:
    counted = [e.value for e in understanding.entities if e.kind == "quantity"]
    return {
        "name": result.named["product"],
        "quantity": counted[0] if len(counted) == 1 else 1,
        "size": result.slots.get("wanted_size"),
        "colour": result.slots.get("wanted_colour"),
    }


def _good(item: Mapping[str, Any], words: TenantWords) -> Good:
    id_ = str(item["name"])
    names = words.names_of("product", id_)
    return Good(id_, names, int(item.get("quantity", 1)), item.get("size"), item.get("colour"))
