"""A district moves to another shard: what its new desk has to know of cases that stay behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from incidents.case import Case
from incidents.elsewhere import Kept, Posted, bodies, cases_of, handed
from incidents.state import MemoryState
from messages.cloudevents import rfc3339_text
from messages.model import Body
from messages.place import Position
from streams.city import City
from streams.ground.positions import located_at


@dataclass(frozen=True, slots=True)
class Behind:
    """Cases of the district that one shard keeps. ``now``: that shard's clock, epoch seconds.

    ``open``: how many of them are open. ``kept``, ``posted``: what the new shard does not know yet.
    """

    shard: int
    now: float
    open: int
    kept: Sequence[Kept]
    posted: Sequence[Posted]


def left_behind(
    states: Mapping[int, MemoryState], district: str, to: int, city: City, now: float
) -> list[Behind]:
    """What shards other than ``to`` keep of a district. ``states``: by shard, ``to`` among them.
    ``now``: epoch seconds, for the boundaries that hold. Raises ``state.case`` for a case that
    cannot be read. Pure."""
    found: list[Behind] = []
    for shard, state in states.items():
        if shard == to:
            continue
        cases = in_district(cases_of(state), district, city, now)
        kept, posted = handed(state, cases, states[to])
        # Of a category that the pack has no more, no event can come.
        kept = [one for one in kept if one.category in city.likes]
        opened = sum(case.open for case in cases)
        found.append(Behind(shard, state.version.now, opened, kept, posted))
    return found


def in_district(cases: Sequence[Case], district: str, city: City, now: float) -> list[Case]:
    """The cases that were filed under the district, or lie in what is the district by now: after a
    split, those that its new half has taken over."""
    points = [case.point for case in cases if case.point is not None]
    positions = [Position(lon=lon, lat=lat, datum="wgs84") for lon, lat in points]
    ground = city.ground_at(now, now)
    places = iter(located_at(positions, "wgs84", [now] * len(points), ground))
    found: list[Case] = []
    for case in cases:
        there = next(places).place if case.point is not None else {}
        if district in (case.place.get("district"), there.get("district")):
            found.append(case)
    return found


def hand_overs(behind: Sequence[Behind], to: int, city: City) -> Iterator[Body]:
    """The hand-overs to the desk of ``to`` that bring it what it does not know yet."""
    for one in behind:
        yield from bodies(to, rfc3339_text(one.now), one.kept, one.posted, city.likes)
