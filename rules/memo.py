"""Results of a pure function, kept while they fit: the same few thousand come again and again."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

CAPACITY = 32_768


class Memo(dict[K, V], Generic[K, V]):
    """A dict that starts over when it is full, so that odd input cannot grow it without end."""

    __slots__ = ("capacity",)

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity

    def keep(self, key: K, value: V) -> V:
        """``value``, which later calls find under ``key``."""
        if len(self) >= self.capacity:
            self.clear()
        self[key] = value
        return value
