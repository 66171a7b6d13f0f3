"""A coroutine that runs up to its first wait at once, without a task of its own."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """What `coroutine` waits for first, a statement's answer for one, is on its way when this is
    made; `await` it for the result. Between the two nothing may be awaited."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._result: list[T] = []
        self._waits_for: Any = None
        try:
            self._waits_for = coroutine.send(None)
        except StopIteration as end:
            self._result = [end.value]

    def __await__(self) -> Generator[Any, Any, T]:
        if self._result:
            return self._result[0]
        try:
            while True:
                try:
                    value = yield self._waits_for
                except BaseException as error:  # noqa: BLE001 - passed on
                    self._waits_for = self._coroutine.throw(error)
                else:
                    self._waits_for = self._coroutine.send(value)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
