"""Sandboxed Jinja2: strict templates for replies, expressions for arguments and conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from invekto.errors import BadData


@lru_cache(maxsize=1)
def environment() -> SandboxedEnvironment:
    """The environment all playbooks share; its filters say dates, money and suffixes."""
    from invekto.text.filters import filters

    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    env.filters.update(filters())
    return env


@lru_cache(maxsize=8192)
def _template(source: str) -> Any:
    return environment().from_string(source)


@lru_cache(maxsize=8192)
def _expression(source: str) -> Callable[..., Any]:
    return environment().compile_expression(source, undefined_to_none=False)


def render(source: str, scope: Mapping[str, Any]) -> str:
    """A reply's text.

    Raises:
        BadData: a variable is missing or the template is broken; names the template's start.
    """
    try:
        text: str = _template(source).render(scope)
    except TemplateError as error:
        raise BadData(f"template {source[:60]!r} cannot be rendered: {error}") from error
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def evaluate(source: str, scope: Mapping[str, Any]) -> Any:
    """An expression's value.

    Raises:
        BadData: a name is unknown or the expression is broken.
    """
    try:
        value = _expression(source)(scope)
    except TemplateError as error:
        raise BadData(f"expression {source!r} cannot be evaluated: {error}") from error
    if isinstance(value, Undefined):  # it must fail here and not inside a tool
        raise BadData(f"expression {source!r} names something that does not exist")
    return value


@lru_cache(maxsize=4096)
def names_in(source: str, *, expression: bool) -> frozenset[str]:
    """The names a template or an expression asks for, for checking at load.

    Raises:
        BadData: it does not parse.
    """
    text = "{{ " + source + " }}" if expression else source
    try:
        return frozenset(meta.find_undeclared_variables(environment().parse(text)))
    except TemplateError as error:
        raise BadData(f"{source[:60]!r} does not parse: {error}") from error
