"""The desk's state of one shard: a port, and its in-memory form, the owner's working set.

A record has a kind (``seen``, ``incident``), a key, a JSON value and, where it must be looked at
again by itself, a due time: of the kinds in :data:`TIMED` that is a timer, of all others the end of
its window.
Domain time is data compared with the shard's ``now``, never a TTL.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol, TypeAlias

import orjson

from incidents.record import known
from messages.errors import StateError

TIMED: Final = frozenset({"incident", "residents", "warning"})
"""The kinds of the records whose due time is a timer."""

WINDOWED: Final = frozenset({"anchors", "device", "elsewhere", "near", "noticed", "screen", "seen"})
"""The kinds of the records that are forgotten at their due time. Of any other kind, a due time is
something that only a later release knows what to do about: its records stay as they are."""

Timer: TypeAlias = tuple[float, str, str]
"""When it is due (epoch s), and the kind and key of its record."""

OWNERS: Final = 16
"""The latest owners of a shard that its version remembers."""


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
    applied; ``now`` the shard's clock (epoch s); ``opened`` counts its incidents; ``fired`` its
    timers; all from ``routed`` on are its ledger. ``owners``: who has written it, and from which
    number on, the latest at the end: what tells a unit's records from those of one that was cut
    off, when compaction has taken all earlier ``@ver`` away.
    """

    number: int = 0
    cursor: int = 0
    now: float = 0.0
    opened: int = 0
    routed: int = 0
    merged: int = 0
    quarantined: int = 0
    dead: int = 0
    applied: int = 0
    refused: int = 0
    ignored: int = 0
    fired: int = 0
    owners: tuple[tuple[str, int], ...] = ()

    def signed(self, owner: str) -> Version:
        """The version as its owner writes it."""
        if self.owners and self.owners[-1][0] == owner:
            return self
        return replace(self, owners=(*self.owners[1 - OWNERS :], (owner, self.number)))

    def wrote(self, owner: str, number: int) -> bool:
        """Whether a record of ``owner``'s unit ``number`` is part of this version: not, when the
        shard was another's by then, or the unit did not come to its end."""
        if number > self.number:
            return False
        if not self.owners or number < self.owners[0][1]:
            return True  # longer ago than is remembered
        ends = [first for _, first in self.owners[1:]] + [self.number + 1]
        tenures = zip(self.owners, ends, strict=True)
        return any(who == owner and first <= number < end for (who, first), end in tenures)

    def to_json(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def from_json(cls, body: bytes) -> Version:
        """Raises :class:`StateError` ``state.version`` for a record that is not one."""
        try:
            found = known(orjson.loads(body), cls.__slots__)
            found["owners"] = tuple((one[0], one[1]) for one in found.get("owners", ()))
            return cls(**found)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
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
        """At most ``limit`` (kind, key) of the records of the kinds in :data:`WINDOWED` whose
        window has ended by ``now``, earliest first."""

    def timers(self, now: float, limit: int) -> list[Timer]:
        """At most ``limit`` of the records of the kinds in :data:`TIMED` that are due by ``now``,
        earliest first, and by kind and key where they are due at once."""

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
        self._timers: list[Timer] = []
        self._heaps = dict.fromkeys(WINDOWED, self._due) | dict.fromkeys(TIMED, self._timers)

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

    def timers(self, now: float, limit: int) -> list[Timer]:
        found: list[Timer] = []
        heap = self._timers
        while heap and heap[0][0] <= now and len(found) < limit:
            timer = at, kind, key = heapq.heappop(heap)
            if self._times[kind].get(key) == at and timer not in found[-1:]:
                found.append(timer)
        for timer in found:
            heapq.heappush(heap, timer)
        return found

    @property
    def next_timer(self) -> float | None:
        """When the next timer is due, epoch seconds; perhaps of one that has been moved since."""
        return self._timers[0][0] if self._timers else None

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
            if due is not None and times.get(key) == due:
                continue
            if due is not None:
                times[key] = due
                heap = self._heaps.get(kind)
                if heap is not None:
                    heapq.heappush(heap, (due, kind, key))
            else:
                times.pop(key, None)
