"""Which events of a recording a mode would have moved: each is decided with it and without it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

import orjson

from incidents.state import MemoryState
from messages.model import Body
from messages.topics import Lane, Topics
from rules.modes import Mode
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide
from streams.posting.feed import Fed
from streams.wire.records import Records

BATCH: Final = 500


class End(NamedTuple):
    """What became of an event. ``unit`` and what follows are None unless it was routed."""

    outcome: str
    priority: str | None = None
    unit: str | None = None
    copies: tuple[str, ...] = ()
    escalation: str | None = None
    route: str | None = None


class Moved(NamedTuple):
    """An event that would end otherwise under the mode."""

    event_id: str
    category: str | None
    before: End
    after: End


@dataclass(frozen=True, slots=True)
class Comparison:
    """``events``: how many were decided; ``in_area``: of them, those that the mode reaches."""

    events: int
    in_area: int
    moved: tuple[Moved, ...]


def compare(city: City, scenario: str, area: Iterable[str], events: Iterable[Fed]) -> Comparison:
    """Every event that would end otherwise, in the order of the recording.

    Each is taken as received when it occurred, or with the one before it where that was later; the
    mode is in force all the time.
    """
    mode = Mode("plan", scenario, frozenset(area), -math.inf, math.inf, True, "", None, "")
    without, with_ = InForce.of(city), InForce.of(city, (mode,))
    routine: dict[int, MemoryState] = {}
    emergency: dict[int, MemoryState] = {}
    count = in_area = 0
    found: list[Moved] = []
    for lane, records in _batches(events):
        before = _decisions(lane, records, without, routine)
        after = _decisions(lane, records, with_, emergency)
        count += len(records)
        for offset in sorted(before.keys() | after.keys()):
            one, other = before.get(offset), after.get(offset)
            told = other or one or {}
            in_area += bool(told.get("modes"))
            if _end(one) != _end(other):
                found.append(Moved(told["event_id"], told.get("category"), _end(one), _end(other)))
    return Comparison(count, in_area, tuple(found))


def _decisions(
    lane: Lane, records: Records, force: InForce, states: dict[int, MemoryState]
) -> dict[int, Body]:
    decided = decide(lane, records, force, states, 0.0)
    return {decision["origin"]["offset"]: decision for decision in decided.decisions}


def _end(decision: Body | None) -> End:
    if decision is None:
        return End("not decided")
    return End(
        decision["outcome"],
        decision.get("priority"),
        decision.get("unit"),
        tuple(sorted(decision.get("copies") or ())),
        decision.get("escalation"),
        decision.get("route"),
    )


def _batches(events: Iterable[Fed]) -> Iterator[tuple[Lane, Records]]:
    offset, received = 0, -math.inf
    for lane, run in groupby(events, key=lambda fed: fed.lane):
        batch: list[Fed] = []
        for fed in run:
            batch.append(fed)
            if len(batch) == BATCH:
                yield lane, _records(lane, batch, offset, received)
                offset, received, batch = offset + BATCH, _last(batch, received), []
        if batch:
            yield lane, _records(lane, batch, offset, received)
            offset, received = offset + len(batch), _last(batch, received)


def _records(lane: Lane, batch: list[Fed], offset: int, received: float) -> Records:
    times = []
    for fed in batch:
        received = max(received, fed.event.occurred_at.timestamp())
        times.append(received)
    count = len(batch)
    return Records(
        topic=Topics().lane(lane),
        values=[orjson.dumps(fed.body) for fed in batch],
        keys=[None] * count,
        headers=[None] * count,
        partitions=[0] * count,
        offsets=list(range(offset, offset + count)),
        received_at=times,
    )


def _last(batch: list[Fed], received: float) -> float:
    return max([received, *(fed.event.occurred_at.timestamp() for fed in batch)])
