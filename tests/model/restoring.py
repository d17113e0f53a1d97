"""How state is read back from the compacted log: for the working set, and for the view."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Final

from incidents.state import MemoryState, Version, Write
from model.log import Record
from model.view import Shown, UnreachableError
from model.world import World

VERSION: Final = "@ver"
CHUNK = 4


class StateReader:
    """Reads the state log from a cursor to its end. ``version``: the last ``@ver`` it has met."""

    def __init__(self, world: World, start: int, version: Version) -> None:
        self._world = world
        self.position = start
        self.version = version
        self.overtaken = False
        self._horizon = world.kafka.state.horizon

    def chunks(self, take: Callable[[list[Write]], bool]) -> Iterator[str]:
        """Hand over every chunk; stops when one is not taken, or when compaction got ahead."""
        log, rules = self._world.kafka.state, self._world.rules
        unit: list[Record] = []
        # The log's end as it is now, each time: with one fixed beforehand, compaction may have
        # taken a record for the sake of a newer one behind it. And the end, not the last stable
        # offset: what others left open may hold that up, and behind it lie committed units.
        while self.position < (log.end if rules.state_read_to_its_end else log.stable):
            if log.horizon != self._horizon:
                self._world.counts["read overtaken by compaction"] += 1
                self.overtaken = True
                return
            records, position = log.read(self.position, CHUNK)
            if position == self.position:
                self._world.counts["waited for a pending state"] += 1
                yield "waits for a pending state"
                continue
            self.position = position
            if not rules.records_outlive_their_version:
                records, unit = _with_their_version(unit + records)
            if not take([_write(record) for record in records if record.key != VERSION]):
                return
            for record in records:
                if record.key == VERSION:
                    self.version = record.value
            yield "chunk read"


def _write(record: Record) -> Write:
    kind, key = record.key
    return Write(kind, key, None) if record.value is None else record.value


def _with_their_version(records: list[Record]) -> tuple[list[Record], list[Record]]:
    """Only records whose own unit's ``@ver`` follows; and those of a unit that may go on."""
    whole = {record.txn for record in records if record.key == VERSION}
    last = records[-1].txn if records else None
    taken = [record for record in records if record.txn in whole]
    return taken, [r for r in records if r.txn == last and r.txn not in whole]


def restored(world: World) -> Generator[str, None, MemoryState]:
    """The working set of a new owner."""
    while True:
        state, start, version = MemoryState(), 0, Version()
        shown = _usable_view(world)
        if shown is not None:
            world.counts["restored from the view and the rest"] += 1
            state.restore(shown.records.values())
            start, version = shown.cursor, shown.version
        reader = StateReader(world, start, version)
        yield "view read"

        def take(writes: list[Write], state: MemoryState = state) -> bool:
            state.restore(writes)
            return True

        yield from reader.chunks(take)
        if not reader.overtaken:
            state.arrive(reader.version)
            return state


def _usable_view(world: World) -> Shown | None:
    if world.rng.random() < 0.4:
        return None
    try:
        shown = world.view.read()
    except UnreachableError:
        return None
    return shown if follows(world, shown) else None


def follows(world: World, shown: Shown) -> bool:
    """Whether what happened since ``shown`` can be told from the log: else all must be loaded."""
    if not shown.whole:
        world.counts["view of no use: half written or empty"] += 1
        return False
    if shown.cursor < world.kafka.state.horizon and world.rules.tombstones_waited_for:
        world.counts["view of no use: older than the tombstones"] += 1
        return False
    return True


def caught_up(world: World, loader: str) -> Iterator[str]:
    """Bring the view to where the log is, chunk by chunk, unless somebody else is at it."""
    view = world.view
    try:
        found = view.read()
        wipe = not follows(world, found)
        start, version = (0, Version()) if wipe else (found.cursor, found.version)
        reader = StateReader(world, start, version)
        yield "view read"
        if not view.begin(found, loader, wipe=wipe):
            world.counts["loading refused"] += 1
            return
        yield "view loading"
        chunks = 0

        def take(writes: list[Write]) -> bool:
            nonlocal chunks
            chunks += 1
            if view.load(loader, chunks, writes):
                return True
            world.counts["chunk refused"] += 1
            chunks = -1
            return False

        yield from reader.chunks(take)
        if chunks < 0 or reader.overtaken:
            return
        done = view.finish(loader, chunks, reader.version, reader.position)
        world.counts["view caught up" if done else "chunk refused"] += 1
    except UnreachableError:
        world.counts["view unreachable while it was loaded"] += 1
