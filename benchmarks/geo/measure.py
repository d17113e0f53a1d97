"""One city, all contenders: do they agree, and how long do they take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.geo.agreement import Agreement, answers, compare, compare_batches
from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import Contender
from benchmarks.geo.contenders.wangge import ONE
from benchmarks.geo.latency import Latency, latency
from benchmarks.geo.peers import taking_part
from benchmarks.geo.points import MANY, make_points
from benchmarks.geo.timing import Effort, Lap, lap
from geo.index import GridIndex

BATCHES = (1, 64, 1024, MANY)


@dataclass
class Measured:
    """``versions``: of the servers; ``absent``: why others do not take part. ``micros``: by way
    and batch size, microseconds a point in each round. ``short``: points a call of ways too slow
    for the largest batch. ``latency``: of single lookups, in each round."""

    polygons: int
    vertices: float
    spread: float
    versions: list[str]
    absent: list[str]
    agreement: list[Agreement] = field(default_factory=list)
    micros: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)
    latency: list[Latency] = field(default_factory=list)


def measure(
    city: City, index: GridIndex, peers: Sequence[str], effort: Effort, said: Callable[[str], None]
) -> Measured:
    """The figures of one city; ``said`` is told what is going on."""
    points = make_points(city)
    said("loading the peers")
    with taking_part(city, index, points, peers) as (contenders, absent):
        versions = sorted({c.version for c in contenders if c.version})
        found = Measured(len(city), city.vertices, city.spread, versions, absent)
        ours = answers(contenders[0], points.rows(0, MANY))
        for contender in contenders:
            if contender.exact:
                said(f"comparing {contender.name}")
                found.agreement.append(compare(contender, points, ours, effort.comparing))
        found.agreement += compare_batches(contenders[0], points, ours)
        one = next(c for c in contenders if c.name == ONE)
        said("trying how many calls to measure")
        laps = {
            (contender.name, batch): lap(contender, points, batch, effort)
            for batch in BATCHES
            for contender in contenders
            if _is_for(contender, batch)
        }
        for number in range(effort.rounds):
            said(f"round {number + 1} of {effort.rounds}")
            _round(laps, found)
            found.latency.append(latency(one.locate, one.arguments(points, 1)))
    return found


def _is_for(contender: Contender, batch: int) -> bool:
    return contender.batches_of is None or batch in contender.batches_of


def _round(laps: dict[tuple[str, int], Lap], found: Measured) -> None:
    """Every way once at every size: those that are compared follow each other."""
    for (name, batch), one in laps.items():
        by_batch = found.micros.setdefault(name, {})
        by_batch.setdefault(batch, []).append(one.micros())
        if one.size < batch:
            found.short[name] = one.size
