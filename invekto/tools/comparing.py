"""Products side by side: those named, or those a question speaks of."""

from __future__ import annotations

import re

from pydantic import Field

from invekto.errors import Refused
from invekto.records.catalog import Product
from invekto.tools.contract import Effect, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.products import ProductView, product_for, views
from invekto.tools.ranking import telling_words
from invekto.tools.wording import refuse

MOST = 4
_BETWEEN = re.compile(
    r"\s(?:ile|ve|veya|m[iıuü](?: yoksa)?|yoksa|arasında|vs\.?|versus|or|and|مع|أم|او)(?=\s|$)"
    r"|[,/\n]",
    re.IGNORECASE,
)
_ASKING = frozenset(
    ("fark", "farki", "farklari", "arasinda", "arasindaki", "karsilastirir", "karsilastirin",
     "karsilastirma", "iyi", "mantikli", "difference", "between", "compare", "better", "الفرق",
     "بين"),
)  # fmt: skip
"""Words that ask for a comparison and name nothing."""


class CompareArgs(ToolArgs):
    """Two to four products, or the question that names them."""

    products: list[str] = Field(default_factory=list, max_length=MOST)
    question: str | None = Field(None, max_length=400)


class Compared(ToolResult):
    """Products side by side; `differences` lists attributes in which they differ."""

    products: list[ProductView]
    differences: dict[str, list[str]]

    def facts(self, language: str) -> list[str]:
        return [s for product in self.products for s in product.facts(language)]


async def compare(ctx: ToolContext, args: CompareArgs) -> Compared:
    """Two to four products side by side.

    Raises:
        Refused: unknown_product, ambiguous; too_few where fewer than two are meant.
    """
    chosen = [await product_for(ctx, name) for name in args.products]
    if len(chosen) < 2 and args.question:
        chosen += await _asked_about(ctx, args.question)
    distinct = list({p.product_id: p for p in chosen}.values())[:MOST]
    if len(distinct) < 2:
        raise refuse(ctx, "too_few")
    seen = await views(ctx, distinct)
    keys = sorted({key for v in seen for key in v.attributes})
    rows = {key: [v.attributes.get(key, "") for v in seen] for key in keys}
    differ = {key: row for key, row in rows.items() if len(set(row)) > 1}
    return Compared(products=seen, differences=differ)


async def _asked_about(ctx: ToolContext, question: str) -> list[Product]:
    """The products that the parts of "X ile Y arasında ne fark var" name."""
    found = []
    for part in _BETWEEN.split(question):
        words = [word for word in telling_words(part) if word not in _ASKING]
        if not words:
            continue
        try:
            found.append(await product_for(ctx, " ".join(words)))
        except Refused:
            continue  # a part that names none, or several
    return found


COMPARE = Tool("catalog.compare", compare, CompareArgs, Compared, Effect.READ)
