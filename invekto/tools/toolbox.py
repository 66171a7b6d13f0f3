"""All tools, by name. One tuple, no registration by import."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from invekto.errors import InvektoError, NotFound
from invekto.tools import (
    baskets,
    booking,
    changing,
    comparing,
    handoff,
    info,
    leads,
    order_requests,
    orders,
    payments,
    prices,
    products,
    quotes,
    recommend,
    returns,
    slots,
    waiting,
)  # fmt: skip
from invekto.tools.contract import Tool, ToolContext

AnyTool = Tool[Any, Any]


def standard_tools() -> tuple[AnyTool, ...]:
    """The tools every tenant may be given; sectors add their own."""
    return (
        *orders.TOOLS,
        *order_requests.TOOLS,
        *returns.TOOLS,
        *slots.TOOLS,
        *booking.TOOLS,
        *changing.TOOLS,
        *waiting.TOOLS,
        *prices.TOOLS,
        *baskets.TOOLS,
        *quotes.TOOLS,
        *payments.TOOLS,
        *products.TOOLS,
        comparing.COMPARE,
        *recommend.TOOLS,
        *leads.TOOLS,
        *info.TOOLS,
        *handoff.TOOLS,
    )


class Toolbox:
    """Tools by name; two of one name are a mistake."""

    def __init__(self, tools: Iterable[AnyTool]) -> None:
        self._tools: dict[str, AnyTool] = {}
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are named {tool.name}")
            self._tools[tool.name] = tool

    def __iter__(self) -> Any:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def get(self, name: str) -> AnyTool:
        """A tool by name.

        Raises:
            NotFound: there is none of this name.
        """
        try:
            return self._tools[name]
        except KeyError:
            raise NotFound(
                f"there is no tool {name!r}; known are {', '.join(sorted(self._tools))}"
            ) from None

    def offered(
        self, ctx: ToolContext, allowed_names: Collection[str] | None = None
    ) -> list[AnyTool]:
        """The tools that this caller may use now, out of those allowed. Each checks again."""
        return [
            tool
            for name, tool in self._tools.items()
            if (allowed_names is None or name in allowed_names) and _allowed(tool, ctx)
        ]


def _allowed(tool: AnyTool, ctx: ToolContext) -> bool:
    try:
        tool.allowed(ctx)
    except InvektoError:
        return False
    return True
