"""What tools say: facts for the grounding rail and refusals for the customer, kept as data in
`words/*.yaml` in Turkish, English and Arabic."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from invekto.errors import Refused
from invekto.text.resources import parsed
from invekto.text.say import in_language, say_date, say_moment, say_money, say_money_range
from invekto.tools.contract import ToolContext

LANGUAGES = ("tr", "en", "ar")


@cache
def _table(name: str) -> dict[str, dict[str, str]]:
    text = (resources.files("invekto.tools") / "words" / f"{name}.yaml").read_text("utf-8")
    table: dict[str, dict[str, str]] = parsed(text)
    return table


def known(language: str) -> str:
    """The language to speak: one of ours, English for any other."""
    return language if language in LANGUAGES else "en"


def fact(key: str, language: str, /, **values: Any) -> str:
    """One sentence of `facts.yaml`, its values said in the language."""
    return _fill(_table("facts")[key], language, values)


def label(key: str, value: str, language: str) -> str:
    """A stored value as people call it, from `labels.yaml`; an unknown one as it stands."""
    entry = _table("labels").get(f"{key}.{value}")
    return entry[known(language)] if entry else value


def speaks(ctx: ToolContext) -> str:
    """The language of this call's customer, else the tenant's."""
    return known(ctx.contact.language if ctx.contact else ctx.tenant.default_language)


def refuse(ctx: ToolContext, reason: str, wording: str | None = None, /, **values: Any) -> Refused:
    """A refusal with a sentence the customer can be shown, from `refusals.yaml`.

    Args:
        reason: the stable word playbooks act on.
        wording: the sentence's key where one reason has several.
        values: what the sentence names; also kept in the refusal's detail.
    """
    sentence = _fill(_table("refusals")[wording or reason], speaks(ctx), values)
    return Refused(reason, sentence, **{k: _plain(v) for k, v in values.items()})


def _fill(entry: dict[str, str], language: str, values: dict[str, Any]) -> str:
    language = known(language)
    return entry[language].format(**{k: said(v, language) for k, v in values.items()})


def said(value: Any, language: str) -> str:
    """A value as it stands in a sentence."""
    match value:
        case datetime():
            return say_moment(value, language)
        case date():
            return say_date(value, language)
        case Decimal():
            return say_money(value, "TRY", language)
        case Price():
            return value.said(language)
        case str():
            return in_language(value, language) if value[:1].isascii() else value
        case _:
            return in_language(str(value), language)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal | Price) else value


class Price:
    """An amount or a range with its currency, said as `1.250,00 TL` or `4.000–6.000 TL`."""

    __slots__ = ("currency", "high", "low")

    def __init__(self, low: Decimal, currency: str, high: Decimal | None = None) -> None:
        self.low, self.currency, self.high = low, currency, high

    def said(self, language: str) -> str:
        """The words."""
        if self.high is None:
            return say_money(self.low, self.currency, language)
        return say_money_range(self.low, self.high, self.currency, language)

    def __str__(self) -> str:
        return f"{self.low} {self.currency}"
