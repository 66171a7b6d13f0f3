"""Pictures that were drawn lately, kept so that nobody waits for the same one twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable

LARGEST = 32_000_000  # bytes of one process


class Pictures:
    """The last pictures asked for; the oldest go when there is no more room."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._kept: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._largest = largest
        self._bytes = 0

    async def get(self, key: tuple[str, ...], draw: Callable[[], Awaitable[bytes]]) -> bytes:
        """The picture of a key that names its tenant first; drawn where it is not kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        drawn = await draw()
        if key not in self._kept and len(drawn) <= self._largest:
            self._kept[key] = drawn
            self._bytes += len(drawn)
        while self._bytes > self._largest:
            self._bytes -= len(self._kept.popitem(last=False)[1])
        return drawn
