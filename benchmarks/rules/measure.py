"""All contenders at all sizes: do they agree, and how many decisions do they make."""

from __future__ import annotations

import gc
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from statistics import mean, quantiles
from typing import Any, TypeVar

from benchmarks.rules.agreement import Agreement, compare
from benchmarks.rules.city import City, make_city
from benchmarks.rules.conditions import flat_list
from benchmarks.rules.contenders.closures import Closures
from benchmarks.rules.contenders.contender import Contender
from benchmarks.rules.contenders.wangge import Wangge
from benchmarks.rules.events import make_events
from benchmarks.rules.peers import PEERS
from benchmarks.rules.trees import make_tree
from packs.routing import RouteNode
from rules.route.facts import Facts

Made = TypeVar("Made")

COLD, WARM, NEW = "ours, cold", "ours, warm", "ours, new events"
PASSES = (WARM, NEW, COLD)


@dataclass(frozen=True)
class Effort:
    """``events`` a pass, ``rounds`` in turn, and about how many seconds a peer's pass may take."""

    events: int
    rounds: int
    seconds: float


@dataclass
class Measured:
    """One size. ``won``: how many of its ``routes`` won an event; ``places``: quartiles of the
    winners' places in the flat list; ``tried``: by ours, a decision, on the mean. By way:
    ``compile_s`` and ``micros``, processor seconds and microseconds a decision in each round, and
    ``given``, events a pass. ``ready``: ways that are handed what they want of an event; ``shown``:
    those that no target is set beside."""

    routes: int
    won: int = 0
    places: list[float] = field(default_factory=list)
    tried: float = 0.0
    agreement: list[Agreement] = field(default_factory=list)
    compile_s: dict[str, list[float]] = field(default_factory=dict)
    micros: dict[str, list[float]] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    ready: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def noted(self, figures: dict[str, list[float]], name: str, figure: float) -> None:
        """One more round's figure."""
        figures.setdefault(name, []).append(figure)


@dataclass(frozen=True)
class _Bench:
    """One size, ready to be measured. ``laps``: the control's and the peers'."""

    tree: tuple[RouteNode, ...]
    events: list[Facts]
    again: list[Facts]
    others: list[Facts]
    laps: list[tuple[Contender, list[Any]]]
    found: Measured


def measure(
    sizes: Iterable[int], peers: Sequence[str], effort: Effort, said: Callable[[str], None]
) -> list[Measured]:
    """The figures of every size; ``said`` is told what is going on."""
    city = make_city()
    benches = [_bench(city, size, peers, effort, said) for size in sizes]
    for number in range(effort.rounds):
        said(f"round {number + 1} of {effort.rounds}")
        # Ours at all sizes one after another, because they are compared with each other.
        for bench in benches:
            _ours(city, bench)
        for bench in benches:
            for way, given in bench.laps:
                bench.found.noted(bench.found.micros, way.name, micros(way.decide, given))
    return [bench.found for bench in benches]


def micros(decide: Callable[[Any], Any], given: Sequence[Any]) -> float:
    """Microseconds a decision in one pass over ``given``."""
    _, seconds = _timed(lambda: deque(map(decide, given), maxlen=0))
    return seconds / len(given) * 1e6


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    """What it makes, and its seconds of processor time, so that whoever else is on the machine does
    not count. Without the collector, as timeit does it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        began = time.process_time()
        made = work()
        return made, time.process_time() - began
    finally:
        if collecting:
            gc.enable()


def _bench(
    city: City, size: int, peers: Sequence[str], effort: Effort, said: Callable[[str], None]
) -> _Bench:
    said(f"making {size:,} routes and their events")
    tree = make_tree(city, size)
    all_events = make_events(city, tree, 2 * effort.events)
    events, others = all_events[: effort.events], all_events[effort.events :]
    again = Random(size).sample(events, len(events))
    found = Measured(size)
    winners = _spread(Wangge(tree, city), events, found)
    flat = flat_list(tree, city)
    laps: list[tuple[Contender, list[Any]]] = []
    for make in (Closures, *(way for peer in peers for way in PEERS[peer]())):
        said(f"{size:,} routes: {make.name} compiles and is compared")
        way, seconds = _timed(partial(make, flat))
        found.noted(found.compile_s, way.name, seconds)
        agreement, given = compare(way, events, winners, effort.seconds)
        found.agreement.append(agreement)
        found.given[way.name] = len(given)
        if way.ready:
            found.ready.append(way.name)
        if way.ready or not way.judged:
            found.shown.append(way.name)
        laps.append((way, given))
    return _Bench(tree, events, again, others, laps, found)


def _spread(ours: Wangge, events: Sequence[Facts], found: Measured) -> list[str]:
    """Our winners; and how they spread over the tree."""
    routed = [ours.decide(event) for event in events]
    rank = {route.name: route.rank for route in ours.router.routes}
    found.won = len(Counter(one.route for one in routed))
    found.places = quantiles([rank[one.route] + 1 for one in routed], n=4)
    found.tried = mean(len(one.tried) for one in routed)
    return [one.route for one in routed]


def _ours(city: City, bench: _Bench) -> None:
    """From the tree on: compiled, then the first events it ever sees, those again in another order,
    and as many others."""
    found = bench.found
    ours, seconds = _timed(lambda: Wangge(bench.tree, city))
    found.noted(found.compile_s, ours.name, seconds)
    for name, events in ((COLD, bench.events), (WARM, bench.again), (NEW, bench.others)):
        found.given[name] = len(events)
        found.noted(found.micros, name, micros(ours.decide, events))
