"""All golden tests in one run: stage A batch by batch, then stage B test by test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Final, NamedTuple

import orjson

from incidents.state import MemoryState
from messages.model import Body
from messages.topics import Lane, Topics
from packs.golden import GoldenTest
from rules.modes import Mode
from streams.checking.golden.events import Posted, posted
from streams.checking.golden.spots import Spots
from streams.checking.outcomes import dead, wire
from streams.city import City
from streams.control.in_force import InForce
from streams.desk.judge import DeskBatch, judge
from streams.understanding.understand import Understood, understand
from streams.wire.records import Records

_TOPICS: Final = Topics("golden")


class Played(NamedTuple):
    """``decision``: a body of :class:`messages.decision.Decision` as it is published; of what ends
    without one (ignored, dead) the ``outcome``, and a dead letter's ``code`` and ``message``."""

    number: int
    test: GoldenTest
    decision: Body


class _Event(NamedTuple):
    """An event of a test on its way. ``key``: of its test and its place in it."""

    key: tuple[int, int]
    modes: tuple[str, ...]
    posted: Posted


def play(
    tests: Sequence[tuple[int, GoldenTest]], city: City, spots: Spots | None = None
) -> list[Played]:
    """What the city's pack decides on the event of each test (numbered), in their order.

    Each test begins with an empty desk; its earlier events are decided before it.
    """
    spots = spots or Spots(city)
    events = [
        _Event((number, i), tuple(sorted(test.mode)), event)
        for number, test in tests
        for i, event in enumerate(posted(number, test, city, spots))
    ]
    heard = _understood(events, city)
    return [Played(number, test, _decided(number, test, heard, city)) for number, test in tests]


def _force(city: City, modes: tuple[str, ...], hot: frozenset[str] = frozenset()) -> InForce:
    everywhere = frozenset({"city"})
    return InForce.of(
        city,
        tuple(
            Mode(f"golden-{m}", m, everywhere, -inf, inf, True, "golden test", None, "golden test")
            for m in modes
        ),
        hot,
    )


def _understood(events: Iterable[_Event], city: City) -> dict[tuple[int, int], Body]:
    """What stage A says of every event, whichever lane and modes it is of."""
    batches: dict[tuple[tuple[str, ...], Lane], list[_Event]] = {}
    for event in events:
        batches.setdefault((event.modes, event.posted.lane), []).append(event)
    found: dict[tuple[int, int], Body] = {}
    for (modes, lane), batch in batches.items():
        force = _force(city, modes, _hot(batch))
        rows = understand(lane, _records(lane, batch), force)
        found |= {batch[row].key: body for row, body in _by_row(rows)}
    return found


def _hot(batch: Sequence[_Event]) -> frozenset[str]:
    """Devices that a test has heard of before its last event: their clearing is watched for."""
    bodies = [orjson.loads(event.posted.body) for event in batch if event.key[1] > 0]
    return frozenset(
        f"{b['source']} {b['device_id']} {b['sensor']}" for b in bodies if "device_id" in b
    )


def _records(lane: Lane, batch: Sequence[_Event]) -> Records:
    count = len(batch)
    return Records(
        topic=_TOPICS.lane(lane),
        values=[event.posted.body for event in batch],
        keys=[None] * count,
        headers=[None] * count,
        partitions=[0] * count,
        offsets=list(range(count)),
        received_at=[event.posted.received_at for event in batch],
    )


def _by_row(understood: Understood) -> Iterator[tuple[int, Body]]:
    for body in understood.desk:
        yield body["origin"]["offset"], {"outcome": "desk", "body": wire(body)}
    for decision in understood.decisions:
        yield decision["origin"]["offset"], wire(decision)
    for letter in understood.dead:
        yield letter["origin"]["offset"], dead(letter)
    for row, _ in understood.ignored:
        yield row, {"outcome": "ignored"}


def _decided(number: int, test: GoldenTest, heard: dict[tuple[int, int], Body], city: City) -> Body:
    mine = [heard[key] for key in sorted(key for key in heard if key[0] == number)]
    last = mine[-1]
    if last["outcome"] != "desk":
        return last
    bodies = [one["body"] for one in mine if one["outcome"] == "desk"]
    batch = DeskBatch(
        _force(city, tuple(sorted(test.mode))),
        bodies[-1]["shard"],
        bodies,
        range(len(bodies)),
        len(bodies),
    )
    unit = judge(MemoryState(), batch, 0.0)
    origin = bodies[-1]["origin"]
    for decision in unit.decisions:
        if decision["origin"] == origin:
            return wire(decision)
    return next(dead(letter) for letter in unit.dead if letter["origin"] == origin)
