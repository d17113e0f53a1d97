"""The desk's state of one shard: a port, and its in-memory form, the owner's working set.

A record has a kind (``seen``, ``incident``), a key, a JSON value and, where it must be looked at
again by itself, a due time. Domain time is data compared with the shard's ``now``, never a TTL.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import orjson

from messages.errors import StateError


class Write(NamedTuple):
    """One change of a record. ``value`` None removes it. ``due``: epoch seconds, or None."""

    kind: str
    key: str
    value: bytes | None
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """How far a shard has come: what ``@ver`` holds.

    ``number`` grows by one a unit of work; ``cursor`` is the desk offset after the last record
    applied; ``now`` the shard's clock (epoch s); ``opened`` counts its incidents; ``routed`` and
    ``quarantined`` are its ledger.
    """

    number: int = 0
    cursor: int = 0
    now: float = 0.0
    opened: int = 0
    routed: int = 0
    merged: int = 0
    quarantined: int = 0
    dead: int = 0

    def to_json(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def from_json(cls, body: bytes) -> Version:
        """Raises :class:`StateError` ``state.version`` for a record that is not one."""
        try:
            return cls(**orjson.loads(body))
        except (TypeError, orjson.JSONDecodeError) as error:
            raise StateError(
                "version", f"the shard's @ver record cannot be read: {error}"
            ) from None


class State(Protocol):
    """What ``judge`` may ask of a shard's state, and how a unit's writes reach it."""

    @property
    def version(self) -> Version: ...

    def get(self, kind: str, key: str) -> bytes | None:
        """The record's value, or None."""

    def due(self, now: float, limit: int) -> list[tuple[str, str]]:
        """At most ``limit`` (kind, key) whose due time is at or before ``now``, earliest first."""

    def apply(self, base: int, version: Version, writes: Iterable[Write]) -> None:
        """Make the writes visible, all or nothing, if the state is still at version ``base``.

        Applying the same unit twice changes nothing. Raises ``state.stale`` when another writer
        has moved the version on.
        """


class MemoryState:
    """The shard owner's working set; also what explain, drills and tests run on."""

    def __init__(self, version: Version | None = None) -> None:
        self._version = version or Version()
        # By kind, so that a record costs no tuple for its key: there are hundreds of thousands.
        self._records: dict[str, dict[str, bytes]] = {}
        self._times: dict[str, dict[str, float]] = {}
        self._due: list[tuple[float, str, str]] = []

    @property
    def version(self) -> Version:
        return self._version

    def __len__(self) -> int:
        return sum(len(found) for found in self._records.values())

    def get(self, kind: str, key: str) -> bytes | None:
        found = self._records.get(kind)
        return found.get(key) if found is not None else None

    def records(self) -> Iterator[Write]:
        """Every record, as the write that would make it."""
        for kind, found in self._records.items():
            times = self._times.get(kind, {})
            for key, value in found.items():
                yield Write(kind, key, value, times.get(key))

    def due(self, now: float, limit: int) -> list[tuple[str, str]]:
        found: dict[tuple[str, str], float] = {}
        heap = self._due
        while heap and heap[0][0] <= now and len(found) < limit:
            at, kind, key = heapq.heappop(heap)
            if self._times.get(kind, {}).get(key) == at:
                found[kind, key] = at
        # Looking is not taking: an entry goes for good when its record is written or removed.
        for (kind, key), at in found.items():
            heapq.heappush(heap, (at, kind, key))
        return list(found)

    def apply(self, base: int, version: Version, writes: Iterable[Write]) -> None:
        if self._version.number == version.number:
            return
        if self._version.number != base:
            raise StateError("stale", f"the shard is at version {self._version.number}, not {base}")
        self.restore(writes)
        self._version = version

    def arrive(self, version: Version) -> None:
        """The records put back by :meth:`restore` are those of ``version``."""
        self._version = version

    def restore(self, writes: Iterable[Write]) -> None:
        """Put records back as the state topic tells them, without a version check."""
        for kind, key, value, due in writes:
            records = self._records.setdefault(kind, {})
            times = self._times.setdefault(kind, {})
            if value is None:
                records.pop(key, None)
                times.pop(key, None)
                continue
            records[key] = value
            if due is not None:
                times[key] = due
                heapq.heappush(self._due, (due, kind, key))
            else:
                times.pop(key, None)


class Overlay:
    """A unit of work in the making: reads through to the state, keeps its writes to itself."""

    def __init__(self, under: State) -> None:
        self._under = under
        self._new: dict[tuple[str, str], Write] = {}

    def get(self, kind: str, key: str) -> bytes | None:
        write = self._new.get((kind, key))
        return write.value if write is not None else self._under.get(kind, key)

    def put(self, kind: str, key: str, value: bytes, due: float | None = None) -> None:
        """Write a record. What is kept is a copy: orjson's bytes hold on to the 4 KiB that they
        were written into, which hundreds of thousands of records would not forgive."""
        self._new[kind, key] = Write(kind, key, bytes(memoryview(value)), due)

    def changed(self, kind: str, key: str) -> bool:
        """Whether this unit has written or removed the record."""
        return (kind, key) in self._new

    def remove(self, kind: str, key: str) -> None:
        self._new[kind, key] = Write(kind, key, None)

    @property
    def writes(self) -> list[Write]:
        """Every record this unit changed, once, in the order first touched."""
        return list(self._new.values())
