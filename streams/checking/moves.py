"""What another pack would make of the same events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, NamedTuple

from incidents.state import MemoryState
from messages.model import Body
from messages.topics import Lane, Topics
from streams.checking.outcomes import outcomes
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import decide
from streams.wire.records import Records

COMPARED: Final = ("outcome", "unit", "category", "priority", "copies", "escalation")
_BATCH: Final = 500


class Arrived(NamedTuple):
    """One event: its id, the lane, the body as it was posted, when it arrived (epoch seconds)."""

    event_id: str
    lane: Lane
    body: bytes
    received_at: float


class Change(NamedTuple):
    """An event on which the two packs disagree. ``what``: of :data:`COMPARED`, what differs.
    ``before``, ``after``: the decisions, as :func:`streams.checking.outcomes.outcomes` has them."""

    event_id: str
    what: tuple[str, ...]
    before: Body
    after: Body

    @property
    def moves(self) -> bool:
        """Whether it would lie in another queue, or in none."""
        return self.before.get("unit") != self.after.get("unit")


def changes(before: City, after: City, events: Iterable[Arrived]) -> Iterator[Change | None]:
    """Decide every event under both packs, in the order given; None where they agree.

    Each pack has a desk of its own, empty at first; no mode is in force.
    """
    sides = _Side(before), _Side(after)
    for lane, batch in _batches(events):
        old, new = (side.decide(lane, batch) for side in sides)
        for event, was, is_ in zip(batch, old, new, strict=True):
            what = tuple(name for name in COMPARED if _value(was, name) != _value(is_, name))
            yield Change(event.event_id, what, was, is_) if what else None


@dataclass(slots=True)
class _Side:
    """One of the two packs at work, with what it remembers."""

    city: City
    states: dict[int, MemoryState] = field(default_factory=dict)
    hot: set[str] = field(default_factory=set)
    offsets: dict[Lane, int] = field(default_factory=dict)

    def decide(self, lane: Lane, batch: Sequence[Arrived]) -> list[Body]:
        """The outcome of each event."""
        first = self.offsets.get(lane, 0)
        self.offsets[lane] = first + len(batch)
        records = _records(lane, batch, first)
        decided = decide(lane, records, InForce.of(self.city, (), self.hot), self.states, 0.0)
        for unit in decided.units.values():
            for device, watched in unit.hot.items():
                (self.hot.add if watched else self.hot.discard)(device)
        found = outcomes(decided, records)
        return [found[offset] for offset in records.offsets]


def _records(lane: Lane, batch: Sequence[Arrived], first: int) -> Records:
    count = len(batch)
    return Records(
        topic=Topics("diff").lane(lane),
        values=[event.body for event in batch],
        keys=[None] * count,
        headers=[None] * count,
        partitions=[0] * count,
        offsets=list(range(first, first + count)),
        received_at=[event.received_at for event in batch],
    )


def _batches(events: Iterable[Arrived]) -> Iterator[tuple[Lane, list[Arrived]]]:
    """Runs of one lane, so that the order among lanes is kept."""
    for lane, run in groupby(events, key=lambda event: event.lane):
        batch: list[Arrived] = []
        for event in run:
            batch.append(event)
            if len(batch) == _BATCH:
                yield lane, batch
                batch = []
        if batch:
            yield lane, batch


def _value(outcome: Body, name: str) -> Any:
    value = outcome.get(name)
    # In another order they are the same copies.
    return sorted(value or ()) if name == "copies" else value
