"""The space of events of a city: what can be true of one together, axis by axis.

More than can happen is allowed for (any text may make any category any priority), never less: a
route that nothing in this space reaches, nothing reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, get_args

from incidents.evidence import REMEMBERED
from messages.event import AlarmState
from packs.tree import tree, walk
from rules.given import UNKNOWN
from rules.reach import Axis, Fragment, Space, subsets
from rules.route.flat import Route
from rules.sensors import Watch
from streams.checking.territories import known_places
from streams.checking.times import times
from streams.city import City

UNDECLARED: Final = "undeclared"
"""Stands for every source that the pack has no file for: its events are taken all the same."""

_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_OPENING: Final = tuple(state for state in get_args(AlarmState) if state != "cleared")
"""The states in which a device can open a case: a clearing ends one, or nothing."""


def space_of(city: City, routes: Sequence[Route]) -> Space:
    """The space of the city's events as ``routes`` divide it.

    Raises :class:`rules.reach.SetsError`.
    """
    numbers = _numbers(city)
    pack = city.pack
    return Space(
        (
            Axis.of("what", list(_what(city, numbers))),
            Axis.of("urgency", list(_urgency(city, numbers))),
            Axis.of("where", list(_where(city, numbers))),
            Axis.of("when", times(city, routes, numbers)),
            subsets("layers", [layer.layer for layer in pack.city.layers], routes),
            subsets("modes", list(pack.modes), routes),
            subsets("marks", list(_marking(city)), routes),
        ),
        routes,
    )


def producers(city: City) -> Iterator[tuple[str, str]]:
    """(source, kind) of all that post: as their lanes say, and one undeclared source a kind."""
    kinds = {"alarms": "alarm", "readings": "reading"}
    # Citizens first: the plainest example of an event is a report.
    for source in sorted(city.pack.sources.values(), key=lambda s: s.lane != "reports"):
        yield source.name, kinds.get(source.lane, "report")
    for kind in ("report", "alarm", "reading"):
        yield UNDECLARED, kind


def _what(city: City, numbers: Sequence[float]) -> Iterator[Fragment]:
    for source, kind in producers(city):
        for category, sensor, state, value in _said(city, kind, numbers):
            yield {
                "category": category,
                "life_safety": category in city.screen.life_safety,
                "source": source,
                "kind": kind,
                "sensor": sensor,
                "state": state,
                "value": value,
            }


def _said(
    city: City, kind: str, numbers: Sequence[float]
) -> Iterator[tuple[str, str | None, str | None, float | None]]:
    """Category, sensor, state and value of what a producer of that kind can say."""
    if kind == "report":
        for category in city.category_names:
            yield category, None, None, None
        return
    for watch in city.watches.values():
        if kind == "alarm":
            for state in _OPENING:
                for value in (None, *numbers):
                    yield watch.category_of(state), watch.code, state, value
        else:
            for value in _measured(watch, numbers):
                level = watch.level(value)
                if level != "normal":
                    yield watch.category, watch.code, level, value
    if kind == "alarm":
        yield UNKNOWN, "unknown", "alarm", None


def _measured(watch: Watch, numbers: Sequence[float]) -> Iterator[float]:
    """Values on both sides of every limit, and those that the conditions name."""
    limits = [limit for limit in (watch.limits, getattr(watch.limits, "pre_alarm", None)) if limit]
    for edge in (edge for limit in limits for edge in (limit.above, limit.below)):
        if edge is not None:
            step = abs(edge) / 100 or 0.01
            yield from (edge - step, edge + step)
    yield from numbers


def _urgency(city: City, numbers: Sequence[float]) -> Iterator[Fragment]:
    scale = dict(city.pack.assessment.points)
    begins = sorted(scale.values())
    for score in {*begins, *numbers, *(-number for number in numbers)}:
        reached = [name for name, begin in scale.items() if score >= begin]
        # What is less than every priority's beginning is P4 all the same.
        yield {"priority": reached[0] if reached else "P4", "score": score}


def _where(city: City, numbers: Sequence[float]) -> Iterator[Fragment]:
    counts = sorted({1} | {int(n) for n in numbers if n == int(n) and 1 <= n <= REMEMBERED})
    for place in known_places(city):
        # Who else speaks of the same is counted by cell; where there is none, nobody is.
        cell = place["grid"] or place["community"] or place["street"]
        for reports in counts if cell is not None else (1,):
            yield {**place, "reports": reports}


def _marking(city: City) -> Iterator[str]:
    """The filters that can mark an event which goes on."""
    for filter_ in city.pack.screening.filters:
        if filter_.effect != "quarantine" or filter_.life_safety_bypass:
            yield filter_.filter


def _numbers(city: City) -> list[float]:
    """Every number that a route counts by or that stands in a condition, and its neighbours."""
    found: set[float] = set()
    for _, node in walk(tree(city.pack)):
        if node.match.reports is not None:
            found.add(float(node.match.reports))
        found |= {float(n) for n in _NUMBER.findall(node.match.when or "")}
    return sorted(_with_neighbours(found))


def _with_neighbours(numbers: Iterable[float]) -> set[float]:
    return {n + step for n in numbers for step in (-1.0, -0.5, 0.0, 0.5, 1.0)}
