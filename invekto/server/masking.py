"""Personal values in what is read by people who do not answer customers: they see that there is
one, not which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from psycopg import AsyncConnection

from invekto.guardrails import pii
from invekto.records import tenants
from invekto.records.turns import Suggestion
from invekto.server.access import WRITERS
from invekto.server.caller import Caller

KEPT = frozenset({"PERSON"})
"""Names stand over the conversation anyway."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides personal values, the business's `own` contacts apart; does nothing where it is not
    `on`. `named` words a kind of value, such as `PHONE`."""

    on: bool = False
    own: frozenset[str] = frozenset()
    named: Callable[[str], str] = str

    def text(self, text: str) -> str:
        """A text without personal values."""
        if not self.on:
            return text
        for span in reversed(pii.find(text, own=self.own, kinds=pii.HIDDEN)):
            if span.type not in KEPT:
                text = f"{text[: span.start]}[{self.named(span.type)}]{text[span.end :]}"
        return text

    def value(self, value: str | None, kind: str) -> str | None:
        """A value of which we know what it is."""
        return f"[{self.named(kind)}]" if self.on and value else value

    def deep(self, value: Any) -> Any:
        """The same for every text in lists and mappings."""
        if not self.on:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.deep(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.deep(inner) for inner in value]
        return value

    def row(self, row: Row, *names: str) -> Row:
        """A dataclass with these fields masked."""
        if not self.on:
            return row
        return replace(row, **{name: self.deep(getattr(row, name)) for name in names})  # type: ignore[type-var]

    def suggestion(self, suggestion: Suggestion) -> Suggestion:
        """A draft with what it says masked."""
        return self.row(suggestion, "reply_text", "tones", "actions", "final_text")


async def mask_for(
    conn: AsyncConnection[Any], caller: Caller, named: Callable[[str], str] = str
) -> Mask:
    """What this caller's role hides from them: nothing from who answers customers, or from the
    business's own programs."""
    if caller.kind == "api_key" or caller.role in WRITERS:
        return Mask()
    tenant = await tenants.get_tenant(conn)
    return Mask(True, frozenset(_texts(tenant.profile)), named)


def _texts(value: Any) -> Iterator[str]:
    """Every text of a profile: what the business publishes of itself."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
