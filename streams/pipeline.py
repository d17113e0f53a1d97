"""The way of an event, pure: ``judge(state, understand(batch, pack), now)``.

The worker calls the two halves with the desk topic between them; :func:`decide` puts them together
for explain, drills and tests. There is no third way to a decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from incidents.state import MemoryState
from messages.model import Body
from messages.topics import Input
from streams.control.in_force import InForce
from streams.desk.judge import Decisions, DeskBatch, judge
from streams.understanding.understand import Understood, understand
from streams.wire.records import Records

__all__ = ["Decided", "Decisions", "DeskBatch", "Understood", "decide", "judge", "understand"]


@dataclass(slots=True)
class Decided:
    """Both halves' words on one batch; ``units`` by shard."""

    understood: Understood
    units: dict[int, Decisions] = field(default_factory=dict)

    @property
    def decisions(self) -> list[Body]:
        """Every :class:`messages.decision.Decision` body, stage A's first."""
        judged = [decision for unit in self.units.values() for decision in unit.decisions]
        return [*self.understood.decisions, *judged]

    @property
    def dead(self) -> list[Body]:
        judged = [letter for unit in self.units.values() for letter in unit.dead]
        return [*self.understood.dead, *judged]

    @property
    def entries(self) -> list[Body]:
        """Every :class:`messages.incident.QueueEntry` body."""
        return [entry for unit in self.units.values() for entry in unit.entries]


def decide(
    lane: Input, records: Records, force: InForce, states: dict[int, MemoryState], now: float
) -> Decided:
    """Decide one batch in memory. ``states``: by shard; made where missing, and moved on."""
    decided = Decided(understand(lane, records, force))
    by_shard: dict[int, list[Body]] = {}
    for body in decided.understood.desk:
        # Through the wire's bytes and back: what judge sees here is what it sees in production.
        wire = orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))
        by_shard.setdefault(body["shard"], []).append(wire)
    for shard, bodies in by_shard.items():
        state = states.setdefault(shard, MemoryState())
        cursor = state.version.cursor
        offsets = range(cursor, cursor + len(bodies))
        batch = DeskBatch(force, shard, bodies, offsets, offsets.stop)
        unit = judge(state, batch, now)
        state.apply(unit.base, unit.version, unit.writes)
        decided.units[shard] = unit
    return decided


def one_batch(
    topic: str, bodies: Sequence[bytes], received_at: float, first_offset: int = 0
) -> Records:
    """Bodies as a batch of partition 0 of ``topic``, all received at ``received_at`` (epoch s)."""
    count = len(bodies)
    return Records(
        topic=topic,
        values=list(bodies),
        keys=[None] * count,
        headers=[None] * count,
        partitions=[0] * count,
        offsets=list(range(first_offset, first_offset + count)),
        received_at=[received_at] * count,
    )
