"""The same tools for a LangChain tool loop: reads run, writes only propose."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from invekto.contracts.action import ProposedAction
from invekto.errors import BadData, NotAllowed, NotFound, Refused
from invekto.tools.contract import Effect, Tool, ToolContext, ToolResult
from invekto.tools.wording import speaks

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

MAX_CHARACTERS = 6000
"""Of one result that a model is given; facts come first, so they are what is kept."""
Contexts = Callable[[], Awaitable[ToolContext]]


def model_name(name: str) -> str:
    """A tool's name as model endpoints allow it: `orders.find` → `orders_find`."""
    return name.replace(".", "_")


def structured_tool(tool: Tool[Any, Any], contexts: Contexts) -> StructuredTool:
    """A LangChain tool. Its content is what the model reads, its artifact the `ToolResult`, the
    `ProposedAction` or None; refusals are content, so that the model can act on them.

    Args:
        contexts: gives the context of a call; nothing in it comes from the model.
    """
    from langchain_core.tools import StructuredTool

    async def call(**args: Any) -> tuple[str, ToolResult | ProposedAction | None]:
        return await answer(tool, await contexts(), args)

    return StructuredTool(
        name=model_name(tool.name),
        description=tool.description,
        args_schema=tool.args.model_json_schema(),
        coroutine=call,
        response_format="content_and_artifact",
        tags=[tool.effect.value, tool.risk.value],
    )


def structured_tools(tools: Iterable[Tool[Any, Any]], contexts: Contexts) -> list[StructuredTool]:
    """All of them; offer only what `Toolbox.offered` allows."""
    return [structured_tool(tool, contexts) for tool in tools]


async def answer(
    tool: Tool[Any, Any], ctx: ToolContext, args: dict[str, Any]
) -> tuple[str, ToolResult | ProposedAction | None]:
    """Run a read or propose a write; what the model reads, and what came of it."""
    given = {name: value for name, value in args.items() if value is not None}
    try:
        if tool.effect is Effect.READ:
            result = await tool.read(ctx, given)
            return result_text(result, speaks(ctx)), result
        action = await tool.propose(ctx, given)
    except Refused as refusal:
        return _json({"refused": refusal.reason, "message": refusal.message}), None
    except (BadData, NotAllowed, NotFound) as error:
        return _json({"error": error.code, "message": error.message}), None
    facts = action.detail.get("facts", [])
    return _json({"proposed": tool.name, "waits_for": "approval", "facts": facts}), action


def result_text(result: ToolResult, language: str) -> str:
    """Facts first, then the fields, cut to what a model may be given."""
    facts = _json({"facts": result.facts(language)})
    fields = _json({"result": result.model_dump(mode="json", exclude_none=True)})
    whole = f"{facts}\n{fields}"
    return whole if len(whole) <= MAX_CHARACTERS else whole[: MAX_CHARACTERS - 2] + " …"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
