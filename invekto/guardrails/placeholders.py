"""Libraries that other libraries import and we never reach: kept out while those are imported.

presidio imports spaCy for engines that we do not use, guardrails-ai a generator of fake data;
jsonschema compiles a grammar of international addresses. Together that is five seconds and a
hundred megabytes of every process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class Placeholder:
    """Stands for a class that is named in signatures and never used."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"{name} of a library that was left out: see guardrails/placeholders.py")


class _Empty(ModuleType):
    """A module in which every public name is a placeholder."""

    __path__: list[str] = []  # noqa: RUF012 - the import system asks the module for it

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Placeholder,), {})


@contextmanager
def kept_out(*, empty: Iterable[str] = (), missing: Iterable[str] = ()) -> Iterator[None]:
    """While the block runs, modules of these names are `empty` or `missing`, unless they are in
    memory already; afterwards they can be imported as ever."""
    wanted: dict[str, ModuleType | None] = {name: _Empty(name) for name in empty}
    wanted |= dict.fromkeys(missing)
    put = {name: module for name, module in wanted.items() if name not in sys.modules}
    modules: dict[str, Any] = sys.modules  # None there means: cannot be imported
    modules.update(put)
    try:
        yield
    finally:
        for name in put:
            sys.modules.pop(name, None)
