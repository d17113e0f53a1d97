"""A worker of the desk, as the design says it. It yields wherever it may be interrupted."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from incidents.state import MemoryState
from model.judging import Unit, judge
from model.kafka import FencedError, RefusedError
from model.restoring import VERSION, caught_up, restored
from model.view import UnreachableError
from model.world import World

RECORDS_A_UNIT = 5
Steps = Generator[str, None, bool]


class Worker:
    """One process. ``slot`` names its transactional id; ``step`` is where it stands."""

    def __init__(self, name: str, slot: str, world: World) -> None:
        self.name = name
        self.slot = slot
        self.state: MemoryState | None = None
        self.idle = False
        self.step = "starts"
        self.alive = True
        self._world = world
        self._kafka = world.kafka
        self._group = world.kafka.group
        self._loads = 0
        self._cursor = 0
        self._running = self._run()

    def go_on(self) -> None:
        """Run to the next place where it may be interrupted."""
        self.idle = False
        try:
            self.step = next(self._running)
        except StopIteration:
            self.alive = False

    def _run(self) -> Iterator[str]:
        self._epoch = self._kafka.fence(self.slot)
        while self._kafka.busy(self.slot):
            yield "waits for its predecessor's transaction"
        self._group.join(self.name)
        try:
            while True:
                yield "polls"
                if self.name not in self._group.members:
                    self._world.counts["lost, and joined again"] += 1
                    self._group.join(self.name)
                elif self._group.owner == self.name:
                    yield from self._own()
                    self.state = None
                else:
                    self.idle = True
        except FencedError:
            self._world.counts["fenced by epoch, and left"] += 1

    # The owner ------------------------------------------------------------------------------

    def _own(self) -> Iterator[str]:
        yield "assigned"
        position = yield from self._committed()
        position += not self._world.rules.resumed_at_committed and position > 0
        state = yield from restored(self._world)
        self.state = state
        while self._group.owner == self.name:
            if self._group.revoking(self.name):
                self._world.counts["revoked between units"] += 1
                self._group.give_back(self.name)
                return
            # Of this poll: read later, it would speak for a unit that it knows nothing of.
            generation = self._group.members[self.name]
            records, _ = self._kafka.desk.read(position, RECORDS_A_UNIT)
            unit = judge(state, records, self._world.clock)
            if unit is None:
                yield from self._watch_view(state)
                self.idle = True
                yield "has nothing to do"
                continue
            yield "judged"
            self._world.counts["units of timers alone"] += not records
            if not (yield from self._transaction(unit, generation)):
                position = yield from self._rewound(unit, state)
                continue
            yield "committed"
            state.apply(unit.base, unit.version, unit.writes)
            position = unit.version.cursor
            yield "applied"
            if self._world.rules.shown_after_commit:
                yield from self._show(unit)

    def _committed(self) -> Generator[str, None, int]:
        while (offset := self._kafka.committed_offset()) is None:
            self._world.counts["waited for a pending offset"] += 1
            yield "waits for a pending offset"
        return offset

    def _rewound(self, unit: Unit, state: MemoryState) -> Generator[str, None, int]:
        """After an abort: to what is committed, without what the unit would have written."""
        rules = self._world.rules
        if not rules.discarded_after_abort:
            state.restore(unit.writes)
        if not rules.rewound_after_abort:
            return unit.version.cursor
        return (yield from self._committed())

    # The transaction ------------------------------------------------------------------------

    def _transaction(self, unit: Unit, generation: int) -> Steps:
        """Whether the unit was committed; else nothing of it was."""
        kafka, slot, epoch, rules = self._kafka, self.slot, self._epoch, self._world.rules
        while kafka.busy(slot):
            yield "waits to begin"
        kafka.begin(slot, epoch)
        yield "begun"
        try:
            for out in unit.outputs:
                kafka.produce(slot, epoch, "out", out.id, out)
            yield "outputs sent"
            for write in unit.writes:
                fired = write.value is None and write.key in unit.fired
                if fired and not rules.removal_with_firing:
                    continue
                kept = write if write.value is not None else None
                kafka.produce(slot, epoch, "state", (write.kind, write.key), kept)
            yield "state sent"
            ver = kafka.produce(slot, epoch, "state", VERSION, unit.version)
            self._cursor = ver + 1
            yield "version sent"
            if self._gives_up():
                kafka.end(slot, epoch, committed=False)
                return False
            if self._group.revoking(self.name) and not rules.ended_before_revoked:
                self._group.give_back(self.name)
                generation = self._group.members[self.name]
                yield "goes on although revoked"
            if rules.offset_with_every_unit or any(o.source is not None for o in unit.outputs):
                offset = unit.version.cursor
                kafka.send_offsets(slot, epoch, self.name, generation, offset)
            yield "offset sent"
            if not rules.shown_after_commit:
                yield from self._show(unit)
            if self._gives_up():
                kafka.end(slot, epoch, committed=False)
                return False
            kafka.end(slot, epoch, committed=True)
        except RefusedError:
            gone = self.name not in self._group.members
            self._world.counts["zombie refused" if gone else "refused by generation"] += 1
            kafka.end(slot, epoch, committed=False)
            return False
        self._world.counts["units committed"] += 1
        self._world.counts["zombie in time to commit"] += self._group.owner != self.name
        return True

    def _gives_up(self) -> bool:
        """Abort: an error on the way, or a revocation that would rather not wait for the unit."""
        revoking = self._group.revoking(self.name) and self._world.rules.ended_before_revoked
        self._world.counts["revoked within a unit"] += revoking
        if self._world.rng.random() < (0.5 if revoking else 0.02 * self._world.faults):
            self._world.counts["aborted by itself"] += 1
            return True
        return False

    # The view -------------------------------------------------------------------------------

    def _show(self, unit: Unit) -> Iterator[str]:
        cursor = self._cursor
        for _ in range(3):
            try:
                answer = self._world.view.apply(unit.base, unit.version, unit.writes, cursor)
            except UnreachableError:
                self._world.counts["view unreachable"] += 1
                yield "view unreachable"
                continue
            self._world.counts[answer.partition(" ")[0]] += 1
            if answer.startswith("STALE"):
                yield "stale"
                number = answer.removeprefix("STALE ")
                if number.isdigit() and int(number) > unit.version.number:
                    self._world.counts["overtaken: the view is let alone"] += 1
                    return
                yield from self._catch_up()
            return

    def _watch_view(self, state: MemoryState) -> Iterator[str]:
        """Find out a view that fell behind while nothing was judged."""
        try:
            shown = self._world.view.read()
        except UnreachableError:
            return
        if shown.number != str(state.version.number):
            yield from self._catch_up()

    def _catch_up(self) -> Iterator[str]:
        self._loads += 1
        yield from caught_up(self._world, f"{self.name}/{self._loads}")
