"""A unit of work in the making, over the shard's state: its writes, and what falls due in it."""

from __future__ import annotations

import heapq

from incidents.state import TIMED, State, Timer, Write

_FEW = 8
"""Timers that are asked for at first; most units need none."""


class Overlay:
    """Reads through to the state, which stays as it is, and keeps its writes to itself."""

    def __init__(self, under: State) -> None:
        self._under = under
        self._new: dict[tuple[str, str], Write] = {}
        self._before: dict[tuple[str, str], Write | None] = {}
        self._own: list[Timer] = []
        self._below = _Below(under)

    def get(self, kind: str, key: str) -> bytes | None:
        """The record's value as of this unit, or None."""
        write = self._new.get((kind, key))
        return write.value if write is not None else self._under.get(kind, key)

    def put(self, kind: str, key: str, value: bytes, due: float | None = None) -> None:
        """Write a record. What is kept is a copy: orjson's bytes hold on to the 4 KiB that they
        were written into, which hundreds of thousands of records would not forgive."""
        self._write(Write(kind, key, bytes(memoryview(value)), due))

    def changed(self, kind: str, key: str) -> bool:
        """Whether this unit has written or removed the record."""
        return (kind, key) in self._new

    def remove(self, kind: str, key: str) -> None:
        """There is no such record from now on."""
        self._write(Write(kind, key, None))

    def _write(self, write: Write) -> None:
        at = write.kind, write.key
        if at not in self._before:
            self._before[at] = self._new.get(at)
        self._take(at, write)

    def _take(self, at: tuple[str, str], write: Write) -> None:
        self._new[at] = write
        if write.due is not None and write.kind in TIMED:
            heapq.heappush(self._own, (write.due, *at))

    def keep(self) -> None:
        """What was written so far stays; :meth:`take_back` does not go behind this."""
        self._before.clear()

    def take_back(self) -> None:
        """Undo all that was written since :meth:`keep`."""
        for at, write in self._before.items():
            if write is None:
                del self._new[at]
            else:
                self._take(at, write)
        self._before.clear()
        self._below.begin()  # what this unit had changed may be due as it was

    def next_timer(self, now: float) -> Timer | None:
        """The first of what is due by ``now``, and by kind and key where more is due at once: as of
        the state below with this unit's own writes."""
        own = self._own
        while own and not self._stands(own[0]):
            heapq.heappop(own)
        below = self._below
        while (found := below.first(now)) is not None and found[1:] in self._new:
            below.step()
        mine = own[0] if own and own[0][0] <= now else None
        return min((one for one in (found, mine) if one is not None), default=None)

    def _stands(self, timer: Timer) -> bool:
        write = self._new.get(timer[1:])
        return write is not None and write.due == timer[0]

    @property
    def writes(self) -> list[Write]:
        """Every record this unit changed, once, in the order first touched."""
        return list(self._new.values())


class _Below:
    """The timers of the state below, earliest first. A unit does not change it, so each is asked
    for once, and not again with each timer that the unit fires: thousands fall due at once, when a
    working day begins."""

    def __init__(self, under: State) -> None:
        self._under = under
        self._found: list[Timer] = []
        self._all = False
        self._at = 0

    def begin(self) -> None:
        """From the earliest on again."""
        self._at = 0

    def step(self) -> None:
        """The first one is done with."""
        self._at += 1

    def first(self, now: float) -> Timer | None:
        """The earliest that is not done with, where it is due by ``now``."""
        if self._at >= len(self._found) and not self._all:
            wanted = max(_FEW, 2 * len(self._found))
            self._found = self._under.timers(float("inf"), wanted)
            self._all = len(self._found) < wanted
        if self._at >= len(self._found) or self._found[self._at][0] > now:
            return None
        return self._found[self._at]
